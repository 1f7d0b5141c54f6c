// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IGroth16Verifier} from "../src/interfaces/IGroth16Verifier.sol";
import {Groth16Verifier} from "../src/Groth16Verifier.sol";
import {ProofFixture} from "./fixture/ProofFixture.sol";
import {Test} from "./Test.sol";
import {Trapdoor} from "./fixture/Trapdoor.sol";

contract Groth16VerifierTest is Test {
    uint256 constant R = 21888242871839275222246405745257275088548364400416034343698204186575808495617;
    uint256 constant Q = 21888242871839275222246405745257275088696311157297823662689037894645226208583;

    Groth16Verifier verifier;

    function setUp() public {
        verifier = new Groth16Verifier(ProofFixture.key());
    }

    function test_verify_acceptsHonestProof() public view {
        assertTrue(verifier.verify(ProofFixture.proof(), ProofFixture.inputs()));
    }

    function test_verify_refusesEachAlteredCoordinate() public view {
        for (uint256 i; i < 8; ++i) {
            uint256[8] memory proof = ProofFixture.proof();
            proof[i] += 1;
            assertFalse(verifier.verify{gas: 1_000_000}(proof, ProofFixture.inputs()));
        }
    }

    function test_verify_refusesEachCoordinatePlusOrder() public view {
        for (uint256 i; i < 8; ++i) {
            uint256[8] memory proof = ProofFixture.proof();
            proof[i] += Q;
            assertFalse(verifier.verify{gas: 1_000_000}(proof, ProofFixture.inputs()));
        }
    }

    function test_verify_refusesEachAlteredInput() public view {
        for (uint256 i; i < 3; ++i) {
            uint256[3] memory inputs = ProofFixture.inputs();
            inputs[i] += 1;
            assertFalse(verifier.verify(ProofFixture.proof(), inputs));
        }
    }

    function test_verify_refusesEachInputPlusOrder() public view {
        for (uint256 i; i < 3; ++i) {
            uint256[3] memory inputs = ProofFixture.inputs();
            inputs[i] += R;
            assertFalse(verifier.verify(ProofFixture.proof(), inputs));
        }
    }

    function test_verify_refusesSwappedProofPoints() public view {
        uint256[8] memory proof = ProofFixture.proof();
        (proof[0], proof[1], proof[6], proof[7]) = (proof[6], proof[7], proof[0], proof[1]);
        assertFalse(verifier.verify{gas: 1_000_000}(proof, ProofFixture.inputs()));
    }

    function test_verify_refusesZeros() public view {
        uint256[8] memory proof;
        assertFalse(verifier.verify{gas: 1_000_000}(proof, ProofFixture.inputs()));
    }

    function test_verify_refusesPointOutsideSubgroup() public view {
        uint256[8] memory proof = ProofFixture.proof();
        (proof[2], proof[3], proof[4], proof[5]) = _twistPointOutsideSubgroup();
        assertFalse(verifier.verify{gas: 1_000_000}(proof, ProofFixture.inputs()));
    }

    /// @dev A bound on a *wrong* verdict: whatever the gas, an honest proof is never called false.
    function testFuzz_verify_neverAnswersFalseForWantOfGas(uint256 allowance) public view {
        allowance = bound(allowance, 1_000, 260_000);
        (bool done, bytes memory answer) = address(verifier).staticcall{gas: allowance}(
            abi.encodeCall(verifier.verify, (ProofFixture.proof(), ProofFixture.inputs()))
        );
        if (done) assertTrue(abi.decode(answer, (bool)));
    }

    /// @dev Short of gas in every step, down to too little for a reason: a revert all the same.
    function test_verify_revertsWhenAnyStepRunsOutOfGas() public view {
        uint256 reasons;
        for (uint256 allowance = 1_000; allowance < 200_000; allowance += 500) {
            (bool done, bytes memory reason) = address(verifier).staticcall{gas: allowance}(
                abi.encodeCall(verifier.verify, (ProofFixture.proof(), ProofFixture.inputs()))
            );
            assertFalse(done);
            if (bytes4(reason) == IGroth16Verifier.OutOfGas.selector) ++reasons;
        }
        assertTrue(reasons > 300);
    }

    /// @dev Points that the pairing refuses: too little gas to tell is a revert, enough is an answer.
    function test_verify_ofARefusedPointRevertsOnlyWhenGasCouldBeTheReason() public {
        uint256[8] memory proof = ProofFixture.proof();
        proof[0] += 1;
        vm.expectRevert(IGroth16Verifier.OutOfGas.selector);
        verifier.verify{gas: 300_000}(proof, ProofFixture.inputs());
        assertFalse(verifier.verify{gas: 340_000}(proof, ProofFixture.inputs()));
    }

    /// @dev A simulated proof for any signals: checks the equation at more than the fixture's one point.
    function testFuzz_verify_acceptsWhatTheTrapdoorProves(uint256 a, uint256 c, uint256 z, uint256 y) public {
        Groth16Verifier simulated = new Groth16Verifier(Trapdoor.key(3));
        uint256[3] memory inputs = [c % R, z % R, y % R];
        uint256[8] memory proof = Trapdoor.prove(3, a, inputs);
        assertTrue(simulated.verify(proof, inputs));
        inputs[a % 3] = addmod(inputs[a % 3], 1, R);
        assertFalse(simulated.verify(proof, inputs));
    }

    function test_verifyingKey_isTheKeyGiven() public view {
        uint256[22] memory given = ProofFixture.key();
        uint256[22] memory kept = verifier.verifyingKey();
        for (uint256 i; i < 22; ++i) {
            assertEq(kept[i], given[i]);
        }
    }

    function test_constructor_revertsWithoutContribution() public {
        expectError(IGroth16Verifier.KeyWithoutContribution.selector);
        new Groth16Verifier(ProofFixture.keyWithoutContribution());
    }

    function test_constructor_revertsWhenDeltaIsMinusGamma() public {
        uint256[22] memory key = ProofFixture.keyWithoutContribution();
        (key[12], key[13]) = (Q - key[12], Q - key[13]);
        expectError(IGroth16Verifier.KeyWithoutContribution.selector);
        new Groth16Verifier(key);
    }

    function test_constructor_revertsForEachCoordinateOutOfRange() public {
        for (uint256 i; i < 22; ++i) {
            uint256[22] memory key = ProofFixture.key();
            key[i] += Q;
            expectError(IGroth16Verifier.KeyCoordinateOutOfRange.selector, i);
            new Groth16Verifier(key);
        }
    }

    function test_constructor_revertsForEachIdentity() public {
        uint8[8] memory starts = [0, 2, 6, 10, 14, 16, 18, 20];
        for (uint256 i; i < 8; ++i) {
            uint256[22] memory key = ProofFixture.key();
            uint256 end = i < 7 ? starts[i + 1] : 22;
            for (uint256 j = starts[i]; j < end; ++j) {
                key[j] = 0;
            }
            expectError(IGroth16Verifier.KeyPointIsIdentity.selector, starts[i]);
            new Groth16Verifier(key);
        }
    }

    function test_constructor_revertsForEachPointOffItsCurve() public {
        uint8[8] memory starts = [0, 2, 6, 10, 14, 16, 18, 20];
        for (uint256 i; i < 8; ++i) {
            uint256[22] memory key = ProofFixture.key();
            key[starts[i]] = addmod(key[starts[i]], 1, Q);
            expectError(IGroth16Verifier.KeyPointInvalid.selector);
            this.deploy{gas: 5_000_000}(key);
        }
    }

    function test_constructor_revertsForPointOutsideSubgroup() public {
        uint256[22] memory key = ProofFixture.key();
        (key[10], key[11], key[12], key[13]) = _twistPointOutsideSubgroup();
        expectError(IGroth16Verifier.KeyPointInvalid.selector);
        this.deploy{gas: 5_000_000}(key);
    }

    /// @dev A refused pairing burns what it is given, so give it little.
    function deploy(uint256[22] memory key) external {
        new Groth16Verifier(key);
    }

    /// @dev On the twist at x = 1, but not of order r.
    function _twistPointOutsideSubgroup() private pure returns (uint256, uint256, uint256, uint256) {
        return (
            0,
            1,
            5912654199736721486680175016176231956195085055698687135131307249486702594212,
            18278151005453108793778860132295291098363647455926340152056652516292830556603
        );
    }
}
