// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IPriceSource} from "../src/interfaces/IPriceSource.sol";
import {ISettlement} from "../src/interfaces/ISettlement.sol";
import {PublicWords} from "../src/PublicWords.sol";
import {Venue} from "./fixture/Venue.sol";

contract SettlementBatchTest is Venue {
    uint256 constant N = 4;
    uint256 constant SET = 501;
    uint256 constant NEXT_SET = 502;
    uint256 constant NEW_ROOT = 1002;

    function setUp() public {
        _deploy(N, 2);
    }

    // --- closing ---

    function test_closeBatch_fixesTheSet() public {
        vm.expectEmit(address(settlement));
        emit ISettlement.BatchClosed(1, SET, START);
        _close(SET);
        assertEq(settlement.pendingSetRoot(), SET);
        assertEq(settlement.closeTime(), START);
        assertEq(settlement.batchesSettled(), 0);
    }

    function test_closeBatch_revertsForOthers() public {
        expectError(ISettlement.OnlyOperator.selector, ALICE, OPERATOR);
        vm.prank(ALICE);
        settlement.closeBatch(SET);
    }

    function test_closeBatch_revertsWhileASetIsPending() public {
        _close(SET);
        expectError(ISettlement.BatchPending.selector, 1);
        _close(NEXT_SET);
    }

    function test_closeBatch_revertsWhenRootIsZeroOrOutOfRange() public {
        expectError(ISettlement.InvalidFieldElement.selector, 0);
        _close(0);
        expectError(ISettlement.InvalidFieldElement.selector, R);
        _close(R);
    }

    // --- settling ---

    function test_settleBatch_movesTheRoot() public {
        _closeAndPrice();
        uint256[8] memory proof = _honest();
        vm.expectEmit(address(settlement));
        emit ISettlement.BatchSettled(1, NEW_ROOT, 1, _slots(N));
        _settle(proof);
        assertEq(settlement.stateRoot(), NEW_ROOT);
        assertEq(settlement.batchesSettled(), 1);
        assertEq(settlement.runsSettled(), 0);
        assertEq(settlement.pendingSetRoot(), 0);
    }

    function test_settleBatch_isOpenToAnyone() public {
        _closeAndPrice();
        uint256[8] memory proof = _honest();
        vm.prank(BOB);
        _settle(proof);
        assertEq(settlement.stateRoot(), NEW_ROOT);
    }

    function test_settleBatch_closesTheNextSet() public {
        _closeAndPrice();
        uint256[8] memory proof = _honest();
        vm.warp(START + 60);
        vm.expectEmit(address(settlement));
        emit ISettlement.BatchSettled(1, NEW_ROOT, 1, _slots(N));
        vm.expectEmit(address(settlement));
        emit ISettlement.BatchClosed(2, NEXT_SET, START + 60);
        vm.prank(OPERATOR);
        settlement.settleBatch(NEW_ROOT, _slots(N), C, proof, 1, NEXT_SET);
        assertEq(settlement.pendingSetRoot(), NEXT_SET);
        assertEq(settlement.closeTime(), START + 60);
    }

    function test_settleBatch_secondBatchChainsFromTheFirst() public {
        test_settleBatch_closesTheNextSet();
        _appendPrices(START + 60);
        _appendPrices(START + 61);
        uint256[] memory words = _batchWords(N, 2, NEW_ROOT, 1003, NEXT_SET);
        _putPrices(words, START + 61);
        settlement.settleBatch(1003, _slots(N), C, _prove(BATCH_TAG, words), 3, 0);
        assertEq(settlement.stateRoot(), 1003);
        assertEq(settlement.batchesSettled(), 2);
    }

    function test_settleBatch_revertsWhenOthersCloseTheNextSet() public {
        _closeAndPrice();
        uint256[8] memory proof = _honest();
        expectError(ISettlement.OnlyOperator.selector, BOB, OPERATOR);
        vm.prank(BOB);
        settlement.settleBatch(NEW_ROOT, _slots(N), C, proof, 1, NEXT_SET);
    }

    function test_settleBatch_revertsWhenNextSetIsOutOfRange() public {
        _closeAndPrice();
        uint256[8] memory proof = _honest();
        expectError(ISettlement.InvalidFieldElement.selector, R);
        vm.prank(OPERATOR);
        settlement.settleBatch(NEW_ROOT, _slots(N), C, proof, 1, R);
    }

    function test_settleBatch_revertsWhenNoSetIsPending() public {
        _appendPrices(START + 1);
        uint256[8] memory proof = _honest();
        expectError(ISettlement.NoBatchPending.selector);
        _settle(proof);
    }

    function test_settleBatch_revertsTheSecondTime() public {
        _closeAndPrice();
        uint256[8] memory proof = _honest();
        _settle(proof);
        _close(SET);
        _appendPrices(START + 2);
        vm.expectRevert(ISettlement.InvalidProof.selector);
        settlement.settleBatch(NEW_ROOT, _slots(N), C, proof, 1, 0);
    }

    function testFuzz_settleBatch_revertsWhenLengthIsWrong(uint256 length) public {
        length = length % 600;
        vm.assume(length != 160 + 67 * N);
        _closeAndPrice();
        uint256[8] memory proof = _honest();
        expectError(ISettlement.WrongLength.selector, length, 160 + 67 * N);
        settlement.settleBatch(NEW_ROOT, new bytes(length), C, proof, 1, 0);
    }

    // --- the statement ---

    /// @dev Every word: a proof for a statement that differs in it is refused.
    function testFuzz_settleBatch_revertsWhenAnyWordDiffers(uint256 index, uint256 change) public {
        _closeAndPrice();
        uint256[] memory words = _honestWords();
        index %= words.length;
        words[index] = addmod(words[index], bound(change, 1, R - 1), R);
        uint256[8] memory proof = _prove(BATCH_TAG, words);
        expectError(ISettlement.InvalidProof.selector);
        _settle(proof);
    }

    /// @dev Every byte of the slots, and the new root, is bound by the proof.
    function testFuzz_settleBatch_revertsWhenSlotsDiffer(uint256 index, uint8 bit) public {
        _closeAndPrice();
        uint256[8] memory proof = _honest();
        bytes memory slots = _slots(N);
        index %= slots.length;
        slots[index] = bytes1(uint8(slots[index]) ^ uint8(2 ** (bit % 8)));
        (bool done, bytes memory reason) = address(settlement).call{gas: 3_000_000}(
            abi.encodeCall(settlement.settleBatch, (NEW_ROOT, slots, C, proof, 1, 0))
        );
        assertFalse(done);
        bytes4 selector = bytes4(reason);
        assertTrue(
            selector == ISettlement.InvalidProof.selector || selector == PublicWords.WordOutOfRange.selector
        );
    }

    function test_settleBatch_revertsWhenNewRootDiffers() public {
        _closeAndPrice();
        uint256[8] memory proof = _honest();
        expectError(ISettlement.InvalidProof.selector);
        settlement.settleBatch(NEW_ROOT + 1, _slots(N), C, proof, 1, 0);
    }

    function test_settleBatch_revertsWhenCDiffers() public {
        _closeAndPrice();
        uint256[8] memory proof = _honest();
        expectError(ISettlement.InvalidProof.selector);
        settlement.settleBatch(NEW_ROOT, _slots(N), C + 1, proof, 1, 0);
    }

    function test_settleBatch_revertsWhenNewRootIsNotCanonical() public {
        _closeAndPrice();
        uint256[8] memory proof = _honest();
        expectError(PublicWords.WordOutOfRange.selector, 5, NEW_ROOT + R);
        settlement.settleBatch(NEW_ROOT + R, _slots(N), C, proof, 1, 0);
    }

    function test_settleBatch_revertsWhenCIsNotCanonical() public {
        _closeAndPrice();
        uint256[8] memory proof = _honest();
        expectError(PublicWords.WordOutOfRange.selector, 17 + 3 * N, C + R);
        settlement.settleBatch(NEW_ROOT, _slots(N), C + R, proof, 1, 0);
    }

    function test_settleBatch_revertsForAProofOfTheOtherCircuit() public {
        _closeAndPrice();
        uint256[8] memory proof = _prove(REQUEST_TAG, _honestWords());
        expectError(ISettlement.InvalidProof.selector);
        _settle(proof);
    }

    function test_settleBatch_revertsOnAnotherChain() public {
        _closeAndPrice();
        uint256[8] memory proof = _honest();
        vm.chainId(5);
        expectError(ISettlement.InvalidProof.selector);
        _settle(proof);
    }

    // --- the price ---

    function test_settleBatch_takesTheFirstRoundAfterTheClose() public {
        _appendPrices(START - 5);
        _appendPrices(START);
        _close(SET);
        _appendPrices(START + 9);
        _appendPrices(START + 10);
        uint256[] memory words = _batchWords(N, 1, GENESIS, NEW_ROOT, SET);
        _putPrices(words, START + 9);
        settlement.settleBatch(NEW_ROOT, _slots(N), C, _prove(BATCH_TAG, words), 3, 0);
        assertEq(settlement.stateRoot(), NEW_ROOT);
    }

    function test_settleBatch_revertsWhenRoundIsNotAfterTheClose() public {
        _appendPrices(START);
        _closeAndPrice();
        uint256[8] memory proof = _honest();
        expectError(ISettlement.RoundNotAfterClose.selector, START, START);
        _settle(proof);
    }

    function test_settleBatch_revertsWhenRoundIsNotTheFirst() public {
        _closeAndPrice();
        _appendPrices(START + 2);
        uint256[8] memory proof = _honest();
        expectError(ISettlement.RoundNotFirst.selector, START + 1, START);
        settlement.settleBatch(NEW_ROOT, _slots(N), C, proof, 2, 0);
    }

    function test_settleBatch_revertsWhenRoundIsUnknown() public {
        _closeAndPrice();
        uint256[8] memory proof = _honest();
        expectError(IPriceSource.UnknownRound.selector, 2, 1);
        settlement.settleBatch(NEW_ROOT, _slots(N), C, proof, 2, 0);
        expectError(IPriceSource.UnknownRound.selector, 0, 1);
        settlement.settleBatch(NEW_ROOT, _slots(N), C, proof, 0, 0);
    }

    /// @dev Whatever the rounds' times, exactly one of them can settle the batch.
    function testFuzz_settleBatch_onlyOneRoundCounts(uint256 seed) public {
        _close(SET);
        uint64[12] memory times;
        uint64 time = START - 8;
        uint256 first = 11;
        for (uint256 i; i < 12; ++i) {
            time += 1 + uint64(uint256(keccak256(abi.encode(seed, i))) % 3);
            times[i] = time;
            if (time > START && i < first) first = i;
            _appendPrices(time);
        }
        for (uint256 i = 12; i > 0; --i) {
            // From the last to the first, so that the one that counts is tried after all later ones.
            uint256[] memory words = _batchWords(N, 1, GENESIS, NEW_ROOT, SET);
            _putPrices(words, times[i - 1]);
            uint256[8] memory proof = _prove(BATCH_TAG, words);
            if (i - 1 > first) expectError(ISettlement.RoundNotFirst.selector, times[i - 2], START);
            if (i - 1 < first) {
                // The batch is settled by now; closed again at the same time, no earlier round counts either.
                if (settlement.pendingSetRoot() == 0) _close(NEXT_SET);
                expectError(ISettlement.RoundNotAfterClose.selector, times[i - 1], START);
            }
            settlement.settleBatch(NEW_ROOT, _slots(N), C, proof, uint64(i), 0);
        }
        assertEq(settlement.batchesSettled(), 1);
    }

    function _closeAndPrice() private {
        _close(SET);
        _appendPrices(START + 1);
    }

    function _honestWords() private view returns (uint256[] memory words) {
        words = _batchWords(N, 1, GENESIS, NEW_ROOT, SET);
        _putPrices(words, START + 1);
    }

    function _honest() private view returns (uint256[8] memory) {
        return _prove(BATCH_TAG, _honestWords());
    }

    function _settle(uint256[8] memory proof) private {
        settlement.settleBatch(NEW_ROOT, _slots(N), C, proof, 1, 0);
    }
}
