// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ISettlement} from "../src/interfaces/ISettlement.sol";
import {PublicWords} from "../src/PublicWords.sol";
import {Layout} from "../src/generated/Layout.sol";
import {Venue} from "./fixture/Venue.sol";

contract SettlementBatchTest is Venue {
    uint256 constant N = 4;
    uint256 constant SET = 501;
    uint256 constant NEXT_SET = 502;
    uint256 constant NEW_ROOT = 1002;
    /// @dev Grid point of a set that is closed at START.
    uint64 constant GRID = START + 2;

    function setUp() public {
        _deploy(N, 2);
    }

    // --- settling ---

    function test_settleBatch_movesTheRoot() public {
        _closeAndPrice();
        uint256[8] memory proof = _honest();
        vm.expectEmit(address(settlement));
        emit ISettlement.BatchSettled(1, NEW_ROOT, GRID, _slots(N));
        _settle(proof);
        assertEq(settlement.stateRoot(), NEW_ROOT);
        assertEq(settlement.batchesSettled(), 1);
        assertEq(settlement.runsSettled(), 0);
        assertEq(settlement.batchesClosed(), 1);
        assertEq(settlement.marksTime(), GRID);
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
        ISettlement.Close memory next = _next(NEXT_SET);
        vm.expectEmit(address(settlement));
        emit ISettlement.BatchSettled(1, NEW_ROOT, GRID, _slots(N));
        vm.expectEmit(address(settlement));
        emit ISettlement.BatchClosed(
            2,
            keccak256(abi.encode(next.parent, NEXT_SET, uint256(START + 62), uint256(0))),
            NEXT_SET,
            START + 62,
            0
        );
        vm.prank(OPERATOR);
        settlement.settleBatch(NEW_ROOT, _slots(N), C, proof, next);
        assertEq(settlement.set(2).root, NEXT_SET);
        assertEq(settlement.batchesClosed(), 2);
    }

    function test_settleBatch_secondBatchChainsFromTheFirst() public {
        test_settleBatch_closesTheNextSet();
        _priceSet(2);
        uint256[] memory words = _batchWords(N, 2, NEW_ROOT, 1003, NEXT_SET);
        _putPrices(words, START + 62);
        settlement.settleBatch(1003, _slots(N), C, _prove(BATCH_TAG, words), _none());
        assertEq(settlement.stateRoot(), 1003);
        assertEq(settlement.batchesSettled(), 2);
    }

    /// @dev Proving one set does not keep the next from being closed and priced.
    function test_settleBatch_inOrderWhileOthersWait() public {
        _closeAndPrice();
        vm.warp(START + 10);
        _close(NEXT_SET);
        _priceSet(2);
        uint256[] memory words = _batchWords(N, 2, GENESIS, 1003, NEXT_SET);
        _putPrices(words, START + 12);
        uint256[8] memory early = _prove(BATCH_TAG, words);
        expectError(ISettlement.InvalidProof.selector);
        settlement.settleBatch(1003, _slots(N), C, early, _none());

        _settle(_honest());
        words = _batchWords(N, 2, NEW_ROOT, 1003, NEXT_SET);
        _putPrices(words, START + 12);
        settlement.settleBatch(1003, _slots(N), C, _prove(BATCH_TAG, words), _none());
        assertEq(settlement.stateRoot(), 1003);
    }

    function test_settleBatch_revertsWhenOthersCloseTheNextSet() public {
        _closeAndPrice();
        uint256[8] memory proof = _honest();
        ISettlement.Close memory next = _next(NEXT_SET);
        expectError(ISettlement.OnlyOperator.selector, BOB, OPERATOR);
        vm.prank(BOB);
        settlement.settleBatch(NEW_ROOT, _slots(N), C, proof, next);
    }

    function test_settleBatch_revertsWhenNextSetIsOutOfRange() public {
        _closeAndPrice();
        uint256[8] memory proof = _honest();
        ISettlement.Close memory next = _next(R);
        expectError(ISettlement.InvalidFieldElement.selector, R);
        vm.prank(OPERATOR);
        settlement.settleBatch(NEW_ROOT, _slots(N), C, proof, next);
    }

    function test_settleBatch_revertsWhenNoSetIsPending() public {
        uint256[8] memory proof = _honest();
        expectError(ISettlement.NotPending.selector, 1);
        _settle(proof);
    }

    function test_settleBatch_revertsTheSecondTime() public {
        _closeAndPrice();
        uint256[8] memory proof = _honest();
        _settle(proof);
        _close(SET);
        _priceSet(2);
        vm.expectRevert(ISettlement.InvalidProof.selector);
        _settle(proof);
    }

    function testFuzz_settleBatch_revertsWhenLengthIsWrong(uint256 length) public {
        length = length % 600;
        vm.assume(length != 32 * Layout.BATCH_HOUSE_WORDS + 99 * N);
        _closeAndPrice();
        uint256[8] memory proof = _honest();
        expectError(ISettlement.WrongLength.selector, length, 32 * Layout.BATCH_HOUSE_WORDS + 99 * N);
        settlement.settleBatch(NEW_ROOT, new bytes(length), C, proof, _none());
    }

    // --- the claim that all is clean ---

    function test_settleBatch_keepsSinceWhenNotAllIsClean() public {
        _settleClaiming(1);
        assertEq(settlement.uncleanSince(), 0);
        uint64 since = _settleClaiming(0);
        assertEq(settlement.uncleanSince(), since);
        assertTrue(_settleClaiming(0) > since);
        assertEq(settlement.uncleanSince(), since);
        _settleClaiming(1);
        assertEq(settlement.uncleanSince(), 0);
    }

    /// @dev Only 1 is a claim, whatever a circuit let through.
    function testFuzz_settleBatch_takesNothingElseForAClaim(uint256 claim) public {
        claim = claim % R;
        uint64 time = _settleClaiming(claim);
        assertEq(settlement.uncleanSince(), claim == 1 ? 0 : time);
    }

    function _settleClaiming(uint256 claim) private returns (uint64 time) {
        clean = claim;
        uint64 batch = settlement.batchesSettled() + 1;
        vm.warp(block.timestamp + 60);
        _close(SET + batch);
        time = _priceSet(batch);
        uint256 root = settlement.stateRoot();
        uint256[] memory words = _batchWords(N, batch, root, root + 1, SET + batch);
        _putPrices(words, time);
        settlement.settleBatch(root + 1, _slots(N), C, _prove(BATCH_TAG, words), _none());
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
            abi.encodeCall(settlement.settleBatch, (NEW_ROOT, slots, C, proof, _none()))
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
        settlement.settleBatch(NEW_ROOT + 1, _slots(N), C, proof, _none());
    }

    function test_settleBatch_revertsWhenCDiffers() public {
        _closeAndPrice();
        uint256[8] memory proof = _honest();
        expectError(ISettlement.InvalidProof.selector);
        settlement.settleBatch(NEW_ROOT, _slots(N), C + 1, proof, _none());
    }

    function test_settleBatch_revertsWhenNewRootIsNotCanonical() public {
        _closeAndPrice();
        uint256[8] memory proof = _honest();
        expectError(PublicWords.WordOutOfRange.selector, 5, NEW_ROOT + R);
        settlement.settleBatch(NEW_ROOT + R, _slots(N), C, proof, _none());
    }

    function test_settleBatch_revertsWhenCIsNotCanonical() public {
        _closeAndPrice();
        uint256[8] memory proof = _honest();
        expectError(PublicWords.WordOutOfRange.selector, 13 + 4 * N, C + R);
        settlement.settleBatch(NEW_ROOT, _slots(N), C + R, proof, _none());
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

    function _closeAndPrice() private {
        _close(SET);
        _priceSet(1);
    }

    function _honestWords() private view returns (uint256[] memory words) {
        words = _batchWords(N, 1, GENESIS, NEW_ROOT, SET);
        _putPrices(words, GRID);
    }

    function _honest() private view returns (uint256[8] memory) {
        return _prove(BATCH_TAG, _honestWords());
    }

    function _settle(uint256[8] memory proof) private {
        settlement.settleBatch(NEW_ROOT, _slots(N), C, proof, _none());
    }
}
