// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {BabyJubJub} from "./BabyJubJub.sol";
import {FIELD_ORDER, Layout, PRICE_WORDS} from "./generated/Layout.sol";
import {IPriceSource} from "./interfaces/IPriceSource.sol";
import {ISettlement} from "./interfaces/ISettlement.sol";
import {IVault} from "./interfaces/IVault.sol";
import {IVerifier} from "./interfaces/IVerifier.sol";
import {PublicWords} from "./PublicWords.sol";
import {RequestWord} from "./RequestWord.sol";
import {SettlementWords} from "./SettlementWords.sol";

/// @title  Settlement
/// @notice Holds the root of the committed state and moves it by proofs alone: batches of orders, and runs of
///         requests from the vault's queue.
/// @dev    Whatever this contract knows it puts into the public words itself (chain, own address, counters,
///         roots, prices, keys, requests); the caller supplies only what the proof is to show. Anybody may
///         settle, for a proof speaks for itself; only the operator may close, for closing picks the set.
contract Settlement is ISettlement {
    using SettlementWords for uint256[];

    IPriceSource public immutable PRICE_SOURCE;
    IVerifier public immutable BATCH_VERIFIER;
    IVerifier public immutable REQUEST_VERIFIER;
    IVault public immutable VAULT;
    address public immutable OPERATOR;
    uint256 public immutable OPERATOR_KEY_X;
    uint256 public immutable OPERATOR_KEY_Y;
    uint256 public immutable MARKET_PARAMS_HASH;
    /// @notice Slots of a batch.
    uint256 public immutable SLOTS;
    /// @notice Most requests in a run.
    uint256 public immutable REQUESTS;

    // Slot: what every settlement moves.
    /// @inheritdoc ISettlement
    uint256 public stateRoot;
    // Slot: what closing sets and settling clears.
    /// @inheritdoc ISettlement
    uint256 public pendingSetRoot;
    // Slot: counters, and what the next price is compared with.
    /// @inheritdoc ISettlement
    uint64 public batchesSettled;
    /// @inheritdoc ISettlement
    uint64 public runsSettled;
    /// @inheritdoc ISettlement
    uint64 public closeTime;

    constructor(Config memory config) {
        if (
            address(config.priceSource) == address(0) || address(config.batchVerifier) == address(0)
                || address(config.requestVerifier) == address(0) || address(config.vault) == address(0)
                || config.operator == address(0)
        ) revert ZeroAddress();
        if (config.slots == 0 || config.requests == 0) revert ZeroSize();
        if (!BabyJubJub.isKey(config.operatorKeyX, config.operatorKeyY)) {
            revert InvalidOperatorKey(config.operatorKeyX, config.operatorKeyY);
        }
        _checkField(config.marketParamsHash);
        _checkField(config.genesisRoot);

        PRICE_SOURCE = config.priceSource;
        BATCH_VERIFIER = config.batchVerifier;
        REQUEST_VERIFIER = config.requestVerifier;
        VAULT = config.vault;
        OPERATOR = config.operator;
        OPERATOR_KEY_X = config.operatorKeyX;
        OPERATOR_KEY_Y = config.operatorKeyY;
        MARKET_PARAMS_HASH = config.marketParamsHash;
        SLOTS = config.slots;
        REQUESTS = config.requests;
        stateRoot = config.genesisRoot;
    }

    /// @inheritdoc ISettlement
    function closeBatch(uint256 setRoot) external {
        if (pendingSetRoot != 0) revert BatchPending(batchesSettled + 1);
        _close(setRoot);
    }

    /// @inheritdoc ISettlement
    function settleBatch(
        uint256 newStateRoot,
        bytes calldata data,
        uint256 c,
        uint256[8] calldata proof,
        uint64 round,
        uint256 nextSetRoot
    ) external {
        // 1. Check: a closed set waits, and every slot is spoken of.
        if (pendingSetRoot == 0) revert NoBatchPending();
        uint256 length = 32 * Layout.BATCH_HOUSE_WORDS + SLOTS * Layout.TOUCH_BYTES;
        if (data.length != length) revert WrongLength(data.length, length);

        // 2. Verify: the transition is proved, at the only price that counts.
        _verify(BATCH_VERIFIER, _batchWords(newStateRoot, data, round), c, proof);

        // 3. Commit.
        stateRoot = newStateRoot;
        uint64 batch = ++batchesSettled;
        pendingSetRoot = 0;

        // 4. Emit.
        emit BatchSettled(batch, newStateRoot, round, data);

        // 5. Close the next set, which the settled one no longer keeps waiting.
        if (nextSetRoot != 0) _close(nextSetRoot);
    }

    /// @inheritdoc ISettlement
    function settleRequests(uint256 newStateRoot, bytes calldata data, uint256 c, uint256[8] calldata proof)
        external
    {
        // 1. Check: an answer for each of the oldest requests, which leave the queue. The vault is ours and calls
        //    nobody here.
        uint64 first = VAULT.queueStart();
        uint256 count = _countAnswers(data.length);
        IVault.Request[] memory taken = VAULT.take(count);

        // 2. Verify: the answers are proved.
        uint256[] memory words = _requestWords(newStateRoot, data, taken);
        _verify(REQUEST_VERIFIER, words, c, proof);

        // 3. Commit.
        stateRoot = newStateRoot;
        uint64 run = ++runsSettled;

        // 4. Emit.
        emit RequestsSettled(run, newStateRoot, first, count, data);

        // 5. Paid withdrawals become claims.
        for (uint256 i; i < count; ++i) {
            uint64 paid = words.paidOf(i);
            if (paid != 0) VAULT.credit(RequestWord.accountOf(taken[i].word), paid);
        }
    }

    function _close(uint256 setRoot) private {
        if (msg.sender != OPERATOR) revert OnlyOperator(msg.sender, OPERATOR);
        _checkField(setRoot);
        pendingSetRoot = setRoot;
        closeTime = uint64(block.timestamp);
        emit BatchClosed(batchesSettled + 1, setRoot, uint64(block.timestamp));
    }

    function _batchWords(uint256 newStateRoot, bytes calldata data, uint64 round)
        private
        view
        returns (uint256[] memory words)
    {
        words = new uint256[](
            Layout.BATCH_HEADER_WORDS + Layout.BATCH_HOUSE_WORDS + Layout.TOUCH_WORDS * SLOTS
        );
        words.putHeader(Layout.STATEMENT_BATCH, batchesSettled + 1, stateRoot, newStateRoot);
        words[Layout.BATCH_HEADER_SET_ROOT] = pendingSetRoot;
        (uint64 time, uint256[PRICE_WORDS] memory prices) = _price(round);
        for (uint256 i; i < PRICE_WORDS; ++i) {
            words[Layout.BATCH_HEADER_PRICES + i] = prices[i];
        }
        words[Layout.BATCH_HEADER_TIME] = time;
        words[Layout.BATCH_HEADER_MARKET_PARAMS_HASH] = MARKET_PARAMS_HASH;
        words.putHouse(Layout.BATCH_HEADER_WORDS, Layout.BATCH_HOUSE_WORDS, data);
        words.putTouches(data[32 * Layout.BATCH_HOUSE_WORDS:]);
    }

    function _requestWords(uint256 newStateRoot, bytes calldata data, IVault.Request[] memory taken)
        private
        view
        returns (uint256[] memory words)
    {
        // Zeros to begin with, which is what padding is.
        words = new uint256[](
            Layout.REQUESTS_HEADER_WORDS + Layout.REQUESTS_HOUSE_WORDS + Layout.SERVED_WORDS * REQUESTS
        );
        words.putHeader(Layout.STATEMENT_REQUESTS, runsSettled + 1, stateRoot, newStateRoot);
        words[Layout.REQUESTS_HEADER_OPERATOR_KEY_X] = OPERATOR_KEY_X;
        words[Layout.REQUESTS_HEADER_OPERATOR_KEY_Y] = OPERATOR_KEY_Y;
        words[Layout.REQUESTS_HEADER_MARKET_PARAMS_HASH] = MARKET_PARAMS_HASH;
        words.putHouse(Layout.REQUESTS_HEADER_WORDS, Layout.REQUESTS_HOUSE_WORDS, data);
        words.putServed(taken, data[32 * Layout.REQUESTS_HOUSE_WORDS:]);
    }

    /// @dev How many requests are answered: at least one, no more than wait or fit a run.
    function _countAnswers(uint256 length) private view returns (uint256 count) {
        uint256 most = VAULT.queueLength();
        if (most == 0) revert NoRequests();
        if (most > REQUESTS) most = REQUESTS;
        uint256 house = 32 * Layout.REQUESTS_HOUSE_WORDS;
        count = length < house ? 0 : (length - house) / Layout.ANSWERED_BYTES;
        if (count == 0 || count > most || length != house + count * Layout.ANSWERED_BYTES) {
            revert WrongLength(length, house + most * Layout.ANSWERED_BYTES);
        }
    }

    /// @dev The first round after the close: later ones would let the settler choose among prices.
    function _price(uint64 round) private view returns (uint64 time, uint256[PRICE_WORDS] memory prices) {
        uint64 closed = closeTime;
        (time, prices) = PRICE_SOURCE.round(round);
        if (time <= closed) revert RoundNotAfterClose(time, closed);
        if (round > 1) {
            (uint64 previousTime,) = PRICE_SOURCE.round(round - 1);
            if (previousTime > closed) revert RoundNotFirst(previousTime, closed);
        }
    }

    function _verify(IVerifier verifier, uint256[] memory words, uint256 c, uint256[8] calldata proof)
        private
        view
    {
        (uint256 z, uint256 y) = PublicWords.evaluate(words, c);
        if (!verifier.verify(proof, [c, z, y])) revert InvalidProof();
    }

    function _checkField(uint256 value) private pure {
        if (value == 0 || value >= FIELD_ORDER) revert InvalidFieldElement(value);
    }
}
