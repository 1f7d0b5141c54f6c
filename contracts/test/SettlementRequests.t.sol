// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ISettlement} from "../src/interfaces/ISettlement.sol";
import {IVault} from "../src/interfaces/IVault.sol";
import {PublicWords} from "../src/PublicWords.sol";
import {Settlement} from "../src/Settlement.sol";
import {SettlementWords} from "../src/SettlementWords.sol";
import {Keys} from "./fixture/Keys.sol";
import {Venue} from "./fixture/Venue.sol";

contract SettlementRequestsTest is Venue {
    uint256 constant M = 2;
    uint256 constant NEW_ROOT = 1002;
    uint256 constant SEALED = R - 41;

    struct Answer {
        uint64 paid;
        uint256 leaf;
        uint256 ciphertext;
    }

    function setUp() public {
        _deploy(4, M);
    }

    function test_settleRequests_takesTwoAndLeavesTheRest() public {
        _open(ALICE, MINIMUM);
        _deposit(BOB, 1, MINIMUM + 5);
        _deposit(BOB, 1, MINIMUM + 6);
        Answer[] memory answers = new Answer[](2);
        answers[0] = Answer(0, 71, 81);
        answers[1] = Answer(0, 72, 82);
        uint256[8] memory proof = _prove(REQUEST_TAG, _words(NEW_ROOT, answers));
        vm.expectEmit(address(settlement));
        emit ISettlement.RequestsSettled(1, NEW_ROOT, 0, 2, _encode(answers));
        _settle(NEW_ROOT, answers, proof);
        assertEq(settlement.stateRoot(), NEW_ROOT);
        assertEq(settlement.runsSettled(), 1);
        assertEq(settlement.batchesSettled(), 0);
        assertEq(vault.queueLength(), 1);
        assertEq(vault.committed(), 2 * MINIMUM + 5);
        assertEq(vault.queuedDeposits(), MINIMUM + 6);
    }

    function test_settleRequests_isNotVoidedByARequestThatJoins() public {
        _open(ALICE, MINIMUM);
        Answer[] memory answers = _opening();
        uint256[8] memory proof = _prove(REQUEST_TAG, _words(NEW_ROOT, answers));
        (IVault.Request[] memory requests, bytes32[][] memory paths) = _oldest(1);
        _deposit(BOB, 1, MINIMUM);
        settlement.settleRequests(NEW_ROOT, _encode(answers), C, proof, requests, paths);
        assertEq(settlement.stateRoot(), NEW_ROOT);
        assertEq(vault.queueLength(), 1);
    }

    function test_settleRequests_padsAShortQueue() public {
        _settleOpening();
        assertEq(settlement.stateRoot(), NEW_ROOT);
        assertEq(vault.queueLength(), 0);
    }

    function test_settleRequests_servesAHouseDeposit() public {
        _houseDeposit(BOB, MINIMUM);
        _proveAndSettle(NEW_ROOT, new Answer[](1));
        assertEq(vault.committed(), MINIMUM);
    }

    /// @dev A copy of the operator's transaction is no way to its fees.
    function test_settleRequests_feesAreTheOperatorsWhoeverSends() public {
        vm.fee(10 gwei);
        _open(ALICE, MINIMUM);
        Answer[] memory answers = _opening();
        uint256[8] memory proof = _prove(REQUEST_TAG, _words(NEW_ROOT, answers));
        (IVault.Request[] memory requests, bytes32[][] memory paths) = _oldest(1);
        vm.prank(BOB);
        settlement.settleRequests(NEW_ROOT, _encode(answers), C, proof, requests, paths);
        assertEq(vault.fees(OPERATOR), FEE_GAS * 10 gwei);
        assertEq(vault.fees(BOB), 0);
    }

    // --- withdrawals ---

    function test_settleRequests_paysAWithdrawal() public {
        _settleOpening();
        _withdrawAndMark();
        Answer[] memory answers = _answer(400);
        uint256[8] memory proof = _prove(REQUEST_TAG, _words(1004, answers));
        vm.prank(BOB);
        _settle(1004, answers, proof);
        assertEq(vault.claims(ALICE), 400);
        assertEq(vault.committed(), MINIMUM - 400);
        uint256 before = token.balanceOf(ALICE);
        vm.prank(ALICE);
        vault.claim(ALICE);
        assertEq(token.balanceOf(ALICE), before + 400);
        assertEq(settlement.runsSettled(), 2);
    }

    /// @dev A withdrawal that cannot be paid is answered and leaves the queue: nothing waits behind it.
    function test_settleRequests_refusesAWithdrawal() public {
        _settleOpening();
        _withdrawAndMark();
        _deposit(BOB, 1, MINIMUM);
        Answer[] memory answers = new Answer[](2);
        answers[0] = Answer(0, 73, 83);
        answers[1] = Answer(0, 74, 84);
        _proveAndSettle(1004, answers);
        assertEq(vault.claims(ALICE), 0);
        assertEq(vault.committed(), 2 * MINIMUM);
        assertEq(vault.queueLength(), 0);
    }

    /// @dev Asked for at marks that are known, a withdrawal would take money off a loss to come.
    function test_settleRequests_revertsAtMarksOlderThanTheWithdrawal() public {
        Answer[] memory two = new Answer[](2);
        _open(ALICE, MINIMUM);
        _open(ALICE, MINIMUM);
        _proveAndSettle(NEW_ROOT, two);
        _withdraw(1, 400);
        expectError(ISettlement.WithdrawalTooYoung.selector, 2, START, 0);
        this.settleUnproven(1004, _answer(400));

        _close(501);
        _priceSet(1);
        _settleBatch(501);
        vm.warp(settlement.marksTime());
        _withdraw(2, 400); // in the second of the marks themselves
        expectError(ISettlement.WithdrawalTooYoung.selector, 3, START + 2, START + 2);
        this.settleUnproven(1004, two);
        _proveAndSettle(1004, _answer(400));
        assertEq(vault.claims(ALICE), 400);
    }

    /// @dev Between a close and its batch the same requests are served, whatever the price turns out to be.
    function test_settleRequests_revertsBeyondTheBoundOfAPendingSet() public {
        _close(501);
        _open(ALICE, MINIMUM);
        expectError(ISettlement.BeyondBound.selector, 1, 0);
        this.settleUnproven(NEW_ROOT, _opening());
        _priceSet(1);
        expectError(ISettlement.BeyondBound.selector, 1, 0);
        this.settleUnproven(NEW_ROOT, _opening());
        _settleBatch(501);
        _proveAndSettle(settlement.stateRoot() + 1, _opening());
    }

    function test_settleRequests_mayHappenWhileASetIsPending() public {
        _open(ALICE, MINIMUM);
        _close(501);
        vm.warp(START + 10);
        _close(502);
        _priceSet(1);
        _settleBatch(501);
        _proveAndSettle(settlement.stateRoot() + 1, _opening());
        _priceSet(2);
        _settleBatch(502);
        assertEq(settlement.batchesSettled(), 2);
    }

    // --- refusals ---

    function test_settleRequests_revertsWithoutRequestsOrWithTooMany() public {
        expectError(ISettlement.WrongCount.selector, 0, M);
        this.settleUnproven(NEW_ROOT, new Answer[](0));
        for (uint256 i; i <= M; ++i) {
            _houseDeposit(BOB, MINIMUM);
        }
        expectError(ISettlement.WrongCount.selector, M + 1, M);
        this.settleUnproven(NEW_ROOT, new Answer[](M + 1));
    }

    /// @dev Whole answers, one for each request.
    function testFuzz_settleRequests_revertsWhenLengthIsWrong(uint256 length) public {
        length = length % 300;
        vm.assume(length != 32 + 72);
        _open(ALICE, MINIMUM);
        uint256[8] memory proof;
        (IVault.Request[] memory requests, bytes32[][] memory paths) = _oldest(1);
        expectError(ISettlement.WrongLength.selector, length, 32 + 72);
        settlement.settleRequests(NEW_ROOT, new bytes(length), C, proof, requests, paths);
    }

    function testFuzz_settleRequests_revertsWhenPaidIsNeitherZeroNorTheAmount(uint64 paid) public {
        vm.assume(paid != 0 && paid != 400);
        _settleOpening();
        _withdrawAndMark();
        expectError(ISettlement.InvalidPaid.selector, 0, paid, 400);
        this.settleUnproven(1004, _answer(paid));
    }

    function test_settleRequests_revertsWhenADepositIsPaid() public {
        _open(ALICE, MINIMUM);
        Answer[] memory answers = _opening();
        answers[0].paid = MINIMUM;
        expectError(ISettlement.InvalidPaid.selector, 0, MINIMUM, 0);
        this.settleUnproven(NEW_ROOT, answers);
    }

    function test_settleRequests_revertsForAnEntryThatIsNotQueued() public {
        _open(ALICE, MINIMUM);
        (IVault.Request[] memory requests, bytes32[][] memory paths) = _oldest(1);
        requests[0].keyX += 1;
        uint256[8] memory proof;
        expectError(IVault.NotInQueue.selector, 0);
        settlement.settleRequests(NEW_ROOT, _encode(_opening()), C, proof, requests, paths);
    }

    /// @dev Every word, padding included: a proof for a statement that differs in it is refused.
    function testFuzz_settleRequests_revertsWhenAnyWordDiffers(uint256 index, uint256 change) public {
        _open(ALICE, MINIMUM);
        Answer[] memory answers = _opening();
        uint256[] memory words = _words(NEW_ROOT, answers);
        index %= words.length;
        words[index] = addmod(words[index], bound(change, 1, R - 1), R);
        uint256[8] memory proof = _prove(REQUEST_TAG, words);
        (IVault.Request[] memory requests, bytes32[][] memory paths) = _oldest(1);
        expectError(ISettlement.InvalidProof.selector);
        settlement.settleRequests(NEW_ROOT, _encode(answers), C, proof, requests, paths);
        assertEq(vault.queueLength(), 1);
    }

    function test_settleRequests_revertsWhenALeafIsNotCanonical() public {
        _open(ALICE, MINIMUM);
        Answer[] memory answers = _opening();
        answers[0].leaf += R;
        expectError(PublicWords.WordOutOfRange.selector, 14, 71 + R);
        this.settleUnproven(NEW_ROOT, answers);
    }

    function test_settleRequests_revertsTheSecondTime() public {
        _open(ALICE, MINIMUM);
        _open(ALICE, MINIMUM);
        _open(ALICE, MINIMUM);
        _open(ALICE, MINIMUM);
        Answer[] memory answers = new Answer[](2);
        answers[0] = Answer(0, 71, 81);
        answers[1] = Answer(0, 72, 82);
        uint256[8] memory proof = _prove(REQUEST_TAG, _words(NEW_ROOT, answers));
        _settle(NEW_ROOT, answers, proof);
        (IVault.Request[] memory requests, bytes32[][] memory paths) = _oldest(2);
        expectError(ISettlement.InvalidProof.selector);
        settlement.settleRequests(NEW_ROOT, _encode(answers), C, proof, requests, paths);
    }

    // --- construction ---

    function test_constructor_keepsItsConfiguration() public view {
        assertEq(settlement.OPERATOR(), OPERATOR);
        assertEq(settlement.OPERATOR_KEY_X(), Keys.BASE8_X);
        assertEq(settlement.OPERATOR_KEY_Y(), Keys.BASE8_Y);
        assertEq(settlement.MARKET_PARAMS_HASH(), PARAMS);
        assertEq(settlement.SLOTS(), 4);
        assertEq(settlement.REQUESTS(), M);
        assertEq(settlement.stateRoot(), GENESIS);
        assertEq(address(settlement.VAULT()), address(vault));
        assertEq(address(settlement.PRICE_SOURCE()), address(prices));
        assertTrue(address(settlement.BATCH_VERIFIER()) != address(settlement.REQUEST_VERIFIER()));
    }

    function test_constructor_revertsForEachZeroAddress() public {
        for (uint256 i; i < 5; ++i) {
            ISettlement.Config memory config = _config(4, M);
            // The five addresses come first.
            assembly ("memory-safe") {
                mstore(add(config, mul(i, 0x20)), 0)
            }
            expectError(ISettlement.ZeroAddress.selector);
            new Settlement(config);
        }
    }

    function test_constructor_revertsWhenASizeIsZero() public {
        ISettlement.Config memory config = _config(0, M);
        expectError(ISettlement.ZeroSize.selector);
        new Settlement(config);
        config = _config(4, 0);
        expectError(ISettlement.ZeroSize.selector);
        new Settlement(config);
    }

    function test_constructor_revertsWhenTheOperatorKeyIsInvalid() public {
        ISettlement.Config memory config = _config(4, M);
        config.operatorKeyX += 1;
        expectError(ISettlement.InvalidOperatorKey.selector, config.operatorKeyX, config.operatorKeyY);
        new Settlement(config);
    }

    function test_constructor_revertsWhenAHashIsZeroOrOutOfRange() public {
        uint256[2] memory bad = [0, R];
        for (uint256 i; i < 2; ++i) {
            ISettlement.Config memory config = _config(4, M);
            config.marketParamsHash = bad[i];
            expectError(ISettlement.InvalidFieldElement.selector, bad[i]);
            new Settlement(config);
            config = _config(4, M);
            config.genesisRoot = bad[i];
            expectError(ISettlement.InvalidFieldElement.selector, bad[i]);
            new Settlement(config);
        }
    }

    /// @dev With a proof of nothing, for what is refused before or by the words.
    function settleUnproven(uint256 newRoot, Answer[] memory answers) external {
        uint256[8] memory proof;
        _settle(newRoot, answers, proof);
    }

    function _opening() private pure returns (Answer[] memory answers) {
        answers = new Answer[](1);
        answers[0] = Answer(0, 71, 81);
    }

    function _answer(uint64 paid) private pure returns (Answer[] memory answers) {
        answers = new Answer[](1);
        answers[0] = Answer(paid, 73, 83);
    }

    function _settleOpening() private {
        _open(ALICE, MINIMUM);
        _proveAndSettle(NEW_ROOT, _opening());
    }

    /// @dev A withdrawal of 400, and an empty set that is priced later and settled.
    function _withdrawAndMark() private {
        _withdraw(1, 400);
        _close(501);
        _priceSet(1);
        _settleBatch(501);
    }

    function _settleBatch(uint256 setRoot) private {
        uint64 batch = settlement.batchesSettled() + 1;
        uint256 root = settlement.stateRoot();
        uint256[] memory words = _batchWords(4, batch, root, root + 1, setRoot);
        (uint64 time,) = settlement.price(batch);
        _putPrices(words, time);
        settlement.settleBatch(root + 1, _slots(4), C, _prove(BATCH_TAG, words), _none());
    }

    function _proveAndSettle(uint256 newRoot, Answer[] memory answers) private {
        _settle(newRoot, answers, _prove(REQUEST_TAG, _words(newRoot, answers)));
    }

    function _settle(uint256 newRoot, Answer[] memory answers, uint256[8] memory proof) private {
        (IVault.Request[] memory requests, bytes32[][] memory paths) = _oldest(answers.length);
        settlement.settleRequests(newRoot, _encode(answers), C, proof, requests, paths);
    }

    function _encode(Answer[] memory answers) private pure returns (bytes memory encoded) {
        encoded = abi.encodePacked(SEALED);
        for (uint256 i; i < answers.length; ++i) {
            encoded = abi.encodePacked(encoded, answers[i].paid, answers[i].leaf, answers[i].ciphertext);
        }
    }

    function _words(uint256 newRoot, Answer[] memory answers) private view returns (uint256[] memory words) {
        words = SettlementWords.make(10 + 6 * M);
        words[0] = block.chainid;
        words[1] = uint256(uint160(address(settlement)));
        words[2] = settlement.runsSettled() + 1;
        words[3] = 2;
        words[4] = settlement.stateRoot();
        words[5] = newRoot;
        words[6] = Keys.BASE8_X;
        words[7] = Keys.BASE8_Y;
        words[8] = PARAMS;
        words[9] = SEALED;
        uint256 first = vault.queueStart();
        for (uint256 j; j < answers.length; ++j) {
            IVault.Request memory entry = entries[first + j];
            words[10 + 6 * j] = entry.word;
            (words[11 + 6 * j], words[12 + 6 * j]) = (entry.keyX, entry.keyY);
            words[13 + 6 * j] = answers[j].paid;
            words[14 + 6 * j] = answers[j].leaf;
            words[15 + 6 * j] = answers[j].ciphertext;
        }
    }
}
