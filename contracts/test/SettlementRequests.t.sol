// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ISettlement} from "../src/interfaces/ISettlement.sol";
import {Layout} from "../src/generated/Layout.sol";
import {PublicWords} from "../src/PublicWords.sol";
import {RequestWord} from "../src/RequestWord.sol";
import {Settlement} from "../src/Settlement.sol";
import {Keys} from "./fixture/Keys.sol";
import {Venue} from "./fixture/Venue.sol";

contract SettlementRequestsTest is Venue {
    uint256 constant M = 2;
    uint256 constant NEW_ROOT = 1002;
    uint256 constant SEALED = R - 41;

    struct Answer {
        uint256 word;
        bool opens;
        uint64 paid;
        uint256 leaf;
        uint256 ciphertext;
    }

    function setUp() public {
        _deploy(4, M);
    }

    function test_settleRequests_takesTwoAndLeavesTheRest() public {
        _open(ALICE);
        _deposit(1, 5);
        _deposit(1, 6);
        Answer[] memory answers = new Answer[](2);
        answers[0] = Answer(RequestWord.pack(Layout.KIND_OPEN, 1, MINIMUM), true, 0, 71, 81);
        answers[1] = Answer(RequestWord.pack(Layout.KIND_DEPOSIT, 1, 5), false, 0, 72, 82);
        uint256[8] memory proof = _prove(REQUEST_TAG, _words(1, GENESIS, NEW_ROOT, answers));
        vm.expectEmit(address(settlement));
        emit ISettlement.RequestsSettled(1, NEW_ROOT, 0, 2, _encode(answers));
        settlement.settleRequests(NEW_ROOT, _encode(answers), C, proof);
        assertEq(settlement.stateRoot(), NEW_ROOT);
        assertEq(settlement.runsSettled(), 1);
        assertEq(settlement.batchesSettled(), 0);
        assertEq(vault.queueLength(), 1);
        assertEq(vault.committed(), MINIMUM + 5);
        assertEq(vault.queuedDeposits(), 6);
    }

    function test_settleRequests_isNotVoidedByARequestThatJoins() public {
        _open(ALICE);
        Answer[] memory answers = _opening();
        uint256[8] memory proof = _prove(REQUEST_TAG, _words(1, GENESIS, NEW_ROOT, answers));
        _deposit(1, 5);
        settlement.settleRequests(NEW_ROOT, _encode(answers), C, proof);
        assertEq(settlement.stateRoot(), NEW_ROOT);
        assertEq(vault.queueLength(), 1);
    }

    function test_settleRequests_padsAShortQueue() public {
        _settleOpening();
        assertEq(settlement.stateRoot(), NEW_ROOT);
        assertEq(vault.queueLength(), 0);
    }

    function test_settleRequests_servesAHouseDeposit() public {
        vm.prank(BOB);
        vault.houseDeposit(9);
        Answer[] memory answers = new Answer[](1);
        answers[0].word = RequestWord.pack(Layout.KIND_HOUSE_DEPOSIT, 0, 9);
        settlement.settleRequests(
            NEW_ROOT, _encode(answers), C, _prove(REQUEST_TAG, _words(1, GENESIS, NEW_ROOT, answers))
        );
        assertEq(vault.committed(), 9);
    }

    function test_settleRequests_paysAWithdrawal() public {
        _settleOpening();
        Answer[] memory answers = _withdrawal(400, 400);
        uint256[8] memory proof = _prove(REQUEST_TAG, _words(2, NEW_ROOT, 1003, answers));
        vm.prank(BOB);
        settlement.settleRequests(1003, _encode(answers), C, proof);
        assertEq(vault.claims(ALICE), 400);
        assertEq(vault.committed(), MINIMUM - 400);
        vm.prank(ALICE);
        vault.claim();
        assertEq(token.balanceOf(ALICE), 1e18 - MINIMUM + 400);
        assertEq(settlement.runsSettled(), 2);
    }

    function test_settleRequests_refusesAWithdrawal() public {
        _settleOpening();
        Answer[] memory answers = _withdrawal(400, 0);
        settlement.settleRequests(
            1003, _encode(answers), C, _prove(REQUEST_TAG, _words(2, NEW_ROOT, 1003, answers))
        );
        assertEq(vault.claims(ALICE), 0);
        assertEq(vault.committed(), MINIMUM);
        assertEq(vault.queueLength(), 0);
    }

    function test_settleRequests_mayHappenWhileASetIsPending() public {
        _close(501);
        _settleOpening();
        assertEq(settlement.pendingSetRoot(), 501);
        _appendPrices(START + 1);
        uint256[] memory words = _batchWords(4, 1, NEW_ROOT, 1003, 501);
        _putPrices(words, START + 1);
        settlement.settleBatch(1003, _slots(4), C, _prove(BATCH_TAG, words), 1, 0);
        assertEq(settlement.stateRoot(), 1003);
    }

    function test_settleRequests_revertsWhenTheQueueIsEmpty() public {
        uint256[8] memory proof;
        expectError(ISettlement.NoRequests.selector);
        settlement.settleRequests(NEW_ROOT, "", C, proof);
    }

    /// @dev Whole answers, at least one, no more than wait.
    function testFuzz_settleRequests_revertsWhenLengthIsWrong(uint256 length) public {
        length = length % 300;
        vm.assume(length != 32 + 72);
        _open(ALICE);
        uint256[8] memory proof;
        expectError(ISettlement.WrongLength.selector, length, 32 + 72);
        settlement.settleRequests(NEW_ROOT, new bytes(length), C, proof);
    }

    function testFuzz_settleRequests_revertsWhenPaidIsNeitherZeroNorTheAmount(uint64 paid) public {
        vm.assume(paid != 0 && paid != 400);
        _settleOpening();
        Answer[] memory answers = _withdrawal(400, paid);
        uint256[8] memory proof = _prove(REQUEST_TAG, _words(2, NEW_ROOT, 1003, answers));
        expectError(ISettlement.InvalidPaid.selector, 0, paid, 400);
        settlement.settleRequests(1003, _encode(answers), C, proof);
    }

    function test_settleRequests_revertsWhenADepositIsPaid() public {
        _open(ALICE);
        Answer[] memory answers = _opening();
        answers[0].paid = MINIMUM;
        uint256[8] memory proof = _prove(REQUEST_TAG, _words(1, GENESIS, NEW_ROOT, answers));
        expectError(ISettlement.InvalidPaid.selector, 0, MINIMUM, 0);
        settlement.settleRequests(NEW_ROOT, _encode(answers), C, proof);
    }

    /// @dev Every word, padding included: a proof for a statement that differs in it is refused.
    function testFuzz_settleRequests_revertsWhenAnyWordDiffers(uint256 index, uint256 change) public {
        _open(ALICE);
        Answer[] memory answers = _opening();
        uint256[] memory words = _words(1, GENESIS, NEW_ROOT, answers);
        index %= words.length;
        words[index] = addmod(words[index], bound(change, 1, R - 1), R);
        uint256[8] memory proof = _prove(REQUEST_TAG, words);
        expectError(ISettlement.InvalidProof.selector);
        settlement.settleRequests(NEW_ROOT, _encode(answers), C, proof);
        assertEq(vault.queueLength(), 1);
    }

    function test_settleRequests_revertsWhenALeafIsNotCanonical() public {
        _open(ALICE);
        Answer[] memory answers = _opening();
        uint256[8] memory proof = _prove(REQUEST_TAG, _words(1, GENESIS, NEW_ROOT, answers));
        answers[0].leaf += R;
        expectError(PublicWords.WordOutOfRange.selector, 14, 71 + R);
        settlement.settleRequests(NEW_ROOT, _encode(answers), C, proof);
    }

    function test_settleRequests_revertsTheSecondTime() public {
        _open(ALICE);
        _open(ALICE);
        _open(ALICE);
        Answer[] memory answers = new Answer[](2);
        answers[0] = Answer(RequestWord.pack(Layout.KIND_OPEN, 1, MINIMUM), true, 0, 71, 81);
        answers[1] = Answer(RequestWord.pack(Layout.KIND_OPEN, 2, MINIMUM), true, 0, 72, 82);
        bytes memory encoded = _encode(answers);
        uint256[8] memory proof = _prove(REQUEST_TAG, _words(1, GENESIS, NEW_ROOT, answers));
        settlement.settleRequests(NEW_ROOT, encoded, C, proof);
        _open(ALICE);
        expectError(ISettlement.InvalidProof.selector);
        settlement.settleRequests(NEW_ROOT, encoded, C, proof);
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

    function _open(address owner) private {
        vm.prank(owner);
        vault.open(Keys.BASE8_X, Keys.BASE8_Y, MINIMUM);
    }

    function _deposit(uint256 index, uint256 amount) private {
        vm.prank(BOB);
        vault.deposit(index, amount);
    }

    function _opening() private pure returns (Answer[] memory answers) {
        answers = new Answer[](1);
        answers[0] = Answer(RequestWord.pack(Layout.KIND_OPEN, 1, MINIMUM), true, 0, 71, 81);
    }

    function _settleOpening() private {
        _open(ALICE);
        Answer[] memory answers = _opening();
        settlement.settleRequests(
            NEW_ROOT, _encode(answers), C, _prove(REQUEST_TAG, _words(1, GENESIS, NEW_ROOT, answers))
        );
    }

    function _withdrawal(uint64 amount, uint64 paid) private returns (Answer[] memory answers) {
        vm.prank(ALICE);
        vault.withdraw(1, amount);
        answers = new Answer[](1);
        answers[0] = Answer(RequestWord.pack(Layout.KIND_WITHDRAW, 1, amount), false, paid, 73, 83);
    }

    function _encode(Answer[] memory answers) private pure returns (bytes memory encoded) {
        encoded = abi.encodePacked(SEALED);
        for (uint256 i; i < answers.length; ++i) {
            encoded = abi.encodePacked(encoded, answers[i].paid, answers[i].leaf, answers[i].ciphertext);
        }
    }

    function _words(uint256 number, uint256 prevRoot, uint256 newRoot, Answer[] memory answers)
        private
        view
        returns (uint256[] memory words)
    {
        words = new uint256[](10 + 6 * M);
        words[0] = block.chainid;
        words[1] = uint256(uint160(address(settlement)));
        words[2] = number;
        words[3] = 2;
        words[4] = prevRoot;
        words[5] = newRoot;
        words[6] = Keys.BASE8_X;
        words[7] = Keys.BASE8_Y;
        words[8] = PARAMS;
        words[9] = SEALED;
        for (uint256 j; j < answers.length; ++j) {
            words[10 + 6 * j] = answers[j].word;
            if (answers[j].opens) (words[11 + 6 * j], words[12 + 6 * j]) = (Keys.BASE8_X, Keys.BASE8_Y);
            words[13 + 6 * j] = answers[j].paid;
            words[14 + 6 * j] = answers[j].leaf;
            words[15 + 6 * j] = answers[j].ciphertext;
        }
    }
}
