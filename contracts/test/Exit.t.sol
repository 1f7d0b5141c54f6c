// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ISettlement} from "../src/interfaces/ISettlement.sol";
import {IVault} from "../src/interfaces/IVault.sol";
import {Frozen} from "./fixture/Frozen.sol";
import {Trapdoor} from "./fixture/Trapdoor.sol";

/// @notice Who leaves a frozen venue with what; the verifier is real, its key's secrets are the test's.
contract ExitTest is Frozen {
    address constant STRANGER = address(0x57A);

    function setUp() public {
        _setUpTwo();
    }

    // --- the proof ---

    function test_exit_revertsBeforeTheFreeze() public {
        uint256[8] memory proof = _exitProof(1, ALICES);
        expectError(ISettlement.NotFrozen.selector);
        settlement.exit(1, ALICES, proof);
    }

    function test_exit_paysTheOwnerWhoeverSends() public {
        _freeze();
        uint256[8] memory proof = _exitProof(1, ALICES);
        vm.expectEmit(address(vault));
        emit IVault.Left(1, ALICE, ALICES);
        vm.prank(STRANGER);
        settlement.exit(1, ALICES, proof);
        assertEq(vault.claims(ALICE), ALICES);
        assertEq(vault.claims(STRANGER), 0);
        assertEq(vault.committed(), BOBS + HOUSES);
        assertTrue(vault.stage(1) == IVault.Stage.PAID);
    }

    function test_exit_revertsTheSecondTime() public {
        _freeze();
        _exit(1, ALICES);
        uint256[8] memory proof = _exitProof(1, ALICES);
        expectError(IVault.AlreadyLeft.selector, 1);
        settlement.exit(1, ALICES, proof);
        // Another true proof of the same account, of another amount, is none either.
        proof = _exitProof(1, 1);
        expectError(IVault.AlreadyLeft.selector, 1);
        settlement.exit(1, 1, proof);
    }

    function test_exit_revertsForAnotherAmountAccountOrRoot() public {
        uint256 before = settlement.stateRoot();
        _batch(1);
        _freeze();
        uint256[8] memory proof = _exitProof(1, ALICES);
        expectError(ISettlement.InvalidProof.selector);
        settlement.exit(1, ALICES + 1, proof);
        expectError(ISettlement.InvalidProof.selector);
        settlement.exit(1, ALICES - 1, proof);
        expectError(ISettlement.InvalidProof.selector);
        settlement.exit(2, ALICES, proof);
        proof = _exitProof(before, 1, ALICES);
        expectError(ISettlement.InvalidProof.selector);
        settlement.exit(1, ALICES, proof);
        assertEq(vault.totalClaims(), 0);
    }

    function test_exit_revertsForAProofOfOtherParametersOrAnotherCircuit() public {
        _freeze();
        uint256 root = settlement.stateRoot();
        uint256[8] memory proof = Trapdoor.prove(EXIT_TAG, 99, [root, PARAMS + 1, _owed(1, ALICES)]);
        expectError(ISettlement.InvalidProof.selector);
        settlement.exit(1, ALICES, proof);
        proof = Trapdoor.prove(BATCH_TAG, 99, [root, PARAMS, _owed(1, ALICES)]);
        expectError(ISettlement.InvalidProof.selector);
        settlement.exit(1, ALICES, proof);
    }

    function testFuzz_exit_revertsWhenAnyPartDiffers(uint24 account, uint128 amount) public {
        vm.assume(account != 1 || amount != ALICES);
        _freeze();
        uint256[8] memory proof = _exitProof(1, ALICES);
        expectError(ISettlement.InvalidProof.selector);
        settlement.exit(account, amount, proof);
    }

    /// @dev A circuit that is faulty reaches what is committed, and nothing else.
    function test_exit_cannotReachQueuedDepositsOrClaims() public {
        _deposit(BOB, 1, MINIMUM);
        _freeze();
        uint128 all = ALICES + BOBS + HOUSES;
        uint256[8] memory proof = _exitProof(1, all + 1);
        expectError(IVault.ExceedsCommitted.selector, all + 1, all);
        settlement.exit(1, all + 1, proof);
        _exit(1, all);
        assertEq(vault.claims(ALICE), all);
        assertEq(vault.queuedDeposits(), MINIMUM);
    }

    function test_exit_ofAnUnknownAccountReverts() public {
        _freeze();
        uint256[8] memory proof = _exitProof(3, 1);
        expectError(IVault.UnknownAccount.selector, 3, 2);
        settlement.exit(3, 1, proof);
    }

    function test_exit_ofADebtIsNothing() public {
        _freeze();
        _exit(1, 0);
        assertEq(vault.claims(ALICE), 0);
        assertTrue(vault.stage(1) == IVault.Stage.PAID);
        vm.expectRevert(abi.encodeWithSelector(IVault.NothingToClaim.selector, ALICE));
        vault.claimFor(ALICE);
    }

    // --- what is not known to be covered ---

    function test_exit_isFiledWhileNotAllIsKnownToBeCovered() public {
        _freezeUncovered();
        uint256[8] memory proof = _exitProof(1, ALICES);
        vm.expectEmit(address(vault));
        emit IVault.Filed(1, ALICE, ALICES);
        vm.prank(STRANGER);
        settlement.exit(1, ALICES, proof);
        assertEq(vault.claims(ALICE), 0);
        assertEq(vault.filed(1), ALICES);
        expectError(IVault.AlreadyLeft.selector, 1);
        settlement.exit(1, ALICES, proof);
    }

    function test_payOut_oneSecondBeforeAndAfterTheWindow() public {
        _freezeUncovered();
        _exit(1, ALICES);
        uint256 until = settlement.frozenAt() + vault.CLAIM_WINDOW();
        vm.warp(until);
        expectError(IVault.TooEarly.selector, until);
        vault.payOut(1);
        _exit(2, BOBS); // the window's last second
        vm.warp(until + 1);
        vault.payOut(1);
        assertEq(vault.claims(ALICE), ALICES);
        vault.payOut(2);
        assertEq(vault.claims(BOB), BOBS);
        expectError(IVault.NothingFiled.selector, 1);
        vault.payOut(1);
        assertEq(vault.committed(), HOUSES);
    }

    /// @dev Both orders give the same: nobody gains by being first.
    function testFuzz_payOut_sharesWhatThereIs(uint128 alices, uint128 bobs, bool aliceFirst) public {
        _freezeUncovered();
        _exit(1, alices);
        _exit(2, bobs);
        vm.warp(settlement.frozenAt() + vault.CLAIM_WINDOW() + 1);
        vault.payOut(aliceFirst ? 1 : 2);
        vault.payOut(aliceFirst ? 2 : 1);
        uint256 pot = ALICES + BOBS + HOUSES;
        uint256 sum = uint256(alices) + bobs;
        assertEq(vault.claims(ALICE), sum > pot ? alices * pot / sum : alices);
        assertEq(vault.claims(BOB), sum > pot ? bobs * pot / sum : bobs);
        assertTrue(vault.claims(ALICE) + vault.claims(BOB) <= pot);
    }

    function test_exit_lateTakesWhatNobodyFiledFor() public {
        _freezeUncovered();
        _exit(1, ALICES);
        vm.warp(settlement.frozenAt() + vault.CLAIM_WINDOW() + 1);
        assertEq(vault.unfiled(), BOBS + HOUSES);
        _exit(2, BOBS + HOUSES + 1);
        assertEq(vault.claims(BOB), BOBS + HOUSES);
        assertEq(vault.unfiled(), 0);
        vault.payOut(1);
        assertEq(vault.claims(ALICE), ALICES);
        assertEq(vault.committed(), 0);
    }

    function test_exit_lateRevertsWhereNothingIsLeft() public {
        _freezeUncovered();
        _exit(1, ALICES + BOBS + HOUSES);
        vm.warp(settlement.frozenAt() + vault.CLAIM_WINDOW() + 1);
        uint256[8] memory proof = _exitProof(2, BOBS);
        expectError(IVault.NothingLeft.selector);
        settlement.exit(2, BOBS, proof);
    }

    // --- the house ---

    function test_payHouse_lastAndLate() public {
        _freeze();
        expectError(IVault.TooEarly.selector, settlement.frozenAt() + vault.HOUSE_WINDOW());
        settlement.payHouse();
        _exit(1, ALICES);
        vm.warp(settlement.frozenAt() + vault.HOUSE_WINDOW());
        expectError(IVault.TooEarly.selector, block.timestamp);
        settlement.payHouse();
        _exit(2, BOBS);
        vm.warp(block.timestamp + 1);
        settlement.payHouse();
        assertEq(vault.claims(OPERATOR), HOUSES);
        assertEq(vault.committed(), 0);
        expectError(IVault.NothingLeft.selector);
        settlement.payHouse();
    }

    function test_payHouse_leavesWhatIsFiled() public {
        _freezeUncovered();
        _exit(1, ALICES);
        vm.warp(settlement.frozenAt() + vault.HOUSE_WINDOW() + 1);
        settlement.payHouse();
        assertEq(vault.claims(OPERATOR), BOBS + HOUSES);
        vault.payOut(1);
        assertEq(vault.claims(ALICE), ALICES);
        assertEq(vault.committed(), 0);
    }

    function test_payHouse_revertsBeforeTheFreeze() public {
        expectError(IVault.NotFrozen.selector);
        settlement.payHouse();
        expectError(IVault.NotFrozen.selector);
        vault.payOut(1);
    }
}
