// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {BabyJubJub} from "./BabyJubJub.sol";
import {IPriceSource} from "./IPriceSource.sol";
import {IVerifier} from "./IVerifier.sol";
import {PublicWords} from "./PublicWords.sol";
import {RequestWord} from "./RequestWord.sol";
import {Vault} from "./Vault.sol";

/// @title  Settlement
/// @notice Holds the root of the committed state and moves it by proofs alone: batches of orders, and requests
///         from the vault's queue.
/// @dev    Whatever this contract knows it puts into the public words itself (chain, own address, counters,
///         roots, prices, keys, requests); the caller supplies only what the proof is to show. Anybody may
///         settle, for a proof speaks for itself; only the operator may close, for closing picks the set.
contract Settlement {
    /// @notice What stays the same for this contract's whole life.
    struct Config {
        IPriceSource priceSource;
        IVerifier batchVerifier;
        IVerifier requestVerifier;
        Vault vault;
        address operator;
        uint256 operatorKeyX;
        uint256 operatorKeyY;
        uint256 paramsHash;
        uint256 slots;
        uint256 requests;
        uint256 genesisRoot;
    }

    /// @notice The set of batch `batchNumber` is fixed; the first price after `time` counts.
    event BatchClosed(uint64 indexed batchNumber, uint256 setRoot, uint64 time);
    /// @notice The slots' words are in the call's data.
    event BatchSettled(uint64 indexed batchNumber, uint256 newStateRoot, uint64 roundId);
    /// @notice The answers' words are in the call's data, the requests in the vault's events.
    event RequestsSettled(
        uint64 indexed requestBatchNumber, uint256 newStateRoot, uint64 firstRequest, uint256 count
    );

    error ZeroAddress();
    error ZeroSize();
    error InvalidOperatorKey(uint256 keyX, uint256 keyY);
    /// @notice Zero, or not below the field's order.
    error InvalidFieldElement(uint256 value);
    error OnlyOperator(address sender);
    error BatchPending(uint64 batchNumber);
    error NoBatchPending();
    error NoRequests();
    error WrongLength(uint256 given, uint256 expected);
    error RoundNotAfterClose(uint64 roundTime, uint64 closeTime);
    /// @notice The round before this one is after the close as well.
    error RoundNotFirst(uint64 previousRoundTime, uint64 closeTime);
    /// @notice A withdrawal is paid whole or not at all; nothing else is paid.
    error InvalidPaid(uint256 request, uint256 paid);
    error InvalidProof();

    /// @dev Words before the slots and before the requests, and per slot and request.
    uint256 private constant BATCH_HEADER = 12;
    uint256 private constant BATCH_STRIDE = 3;
    uint256 private constant REQUESTS_HEADER = 9;
    uint256 private constant REQUESTS_STRIDE = 6;
    /// @dev Bytes of one slot: index (3), new leaf (32), ciphertext (32).
    uint256 private constant SLOT_BYTES = 67;
    /// @dev Bytes of one answer: paid (8), new leaf (32), ciphertext (32).
    uint256 private constant ANSWER_BYTES = 72;
    uint256 private constant KIND_BATCH = 1;
    uint256 private constant KIND_REQUESTS = 2;

    IPriceSource public immutable PRICE_SOURCE;
    IVerifier public immutable BATCH_VERIFIER;
    IVerifier public immutable REQUEST_VERIFIER;
    Vault public immutable VAULT;
    address public immutable OPERATOR;
    uint256 public immutable OPERATOR_KEY_X;
    uint256 public immutable OPERATOR_KEY_Y;
    uint256 public immutable PARAMS_HASH;
    /// @notice Slots of a batch: N.
    uint256 public immutable SLOTS;
    /// @notice Most requests settled at once: M.
    uint256 public immutable REQUESTS;

    /// @notice Root of the committed state.
    uint256 public stateRoot;
    /// @notice Root of the closed set that waits for its batch; 0 while none does.
    uint256 public pendingSetRoot;
    /// @notice Batches settled so far.
    uint64 public batchNumber;
    /// @notice Request batches settled so far; a counter of its own, so neither proof waits for the other's.
    uint64 public requestBatchNumber;
    /// @notice When the pending set was closed, in seconds.
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
        _checkField(config.paramsHash);
        _checkField(config.genesisRoot);

        PRICE_SOURCE = config.priceSource;
        BATCH_VERIFIER = config.batchVerifier;
        REQUEST_VERIFIER = config.requestVerifier;
        VAULT = config.vault;
        OPERATOR = config.operator;
        OPERATOR_KEY_X = config.operatorKeyX;
        OPERATOR_KEY_Y = config.operatorKeyY;
        PARAMS_HASH = config.paramsHash;
        SLOTS = config.slots;
        REQUESTS = config.requests;
        stateRoot = config.genesisRoot;
    }

    /// @notice Fix the set of the next batch, before its price exists.
    function closeBatch(uint256 setRoot) external {
        if (pendingSetRoot != 0) revert BatchPending(batchNumber + 1);
        _close(setRoot);
    }

    /// @notice Settle the closed batch and, if `nextSetRoot` is not 0, close the next in the same transaction.
    /// @param  newStateRoot the root after the batch
    /// @param  slots        N times index (3 bytes), new leaf (32), ciphertext (32)
    /// @param  c            the circuit's commitment to the words
    /// @param  proof        see `IVerifier`
    /// @param  roundId      the price round: the first whose time is after the close
    /// @param  nextSetRoot  the next batch's set, operator only; 0 for none
    function settleBatch(
        uint256 newStateRoot,
        bytes calldata slots,
        uint256 c,
        uint256[8] calldata proof,
        uint64 roundId,
        uint256 nextSetRoot
    ) external {
        // 1. A closed set waits.
        if (pendingSetRoot == 0) revert NoBatchPending();

        // 2. The transition is proved, at the only price that counts.
        uint256[] memory words = _batchWords(newStateRoot, slots, roundId);
        _verify(BATCH_VERIFIER, words, c, proof);

        // 3. Commit.
        stateRoot = newStateRoot;
        uint64 number = ++batchNumber;
        pendingSetRoot = 0;
        emit BatchSettled(number, newStateRoot, roundId);

        // 4. The next set, which the settled one no longer keeps waiting.
        if (nextSetRoot != 0) _close(nextSetRoot);
    }

    /// @notice Settle the oldest requests, as many as there are answers: M at most.
    /// @dev    Fewer than wait is allowed, so a request that joins the queue does not void a proof.
    /// @dev    May happen while a set is pending: the set binds orders, not the root that they start from.
    /// @param  newStateRoot the root after the requests
    /// @param  answers      for each request paid (8 bytes), new leaf (32), ciphertext (32)
    /// @param  c            the circuit's commitment to the words
    /// @param  proof        see `IVerifier`
    function settleRequests(
        uint256 newStateRoot,
        bytes calldata answers,
        uint256 c,
        uint256[8] calldata proof
    ) external {
        // 1. The oldest requests leave the queue. The vault is ours and calls nobody here.
        uint64 first = VAULT.queueStart();
        uint256 most = VAULT.queueLength();
        if (most == 0) revert NoRequests();
        if (most > REQUESTS) most = REQUESTS;
        uint256 count = answers.length / ANSWER_BYTES;
        if (count == 0 || count > most || answers.length != count * ANSWER_BYTES) {
            revert WrongLength(answers.length, most * ANSWER_BYTES);
        }
        Vault.Request[] memory taken = VAULT.take(count);

        // 2. The answers are proved.
        uint256[] memory words = _requestWords(newStateRoot, answers, taken);
        _verify(REQUEST_VERIFIER, words, c, proof);

        // 3. Commit.
        stateRoot = newStateRoot;
        uint64 number = ++requestBatchNumber;
        emit RequestsSettled(number, newStateRoot, first, count);

        // 4. Paid withdrawals become claims.
        for (uint256 i; i < count; ++i) {
            uint256 paid = words[REQUESTS_HEADER + REQUESTS_STRIDE * i + 3];
            // Cast: _checkPaid made it the amount of the request.
            if (paid != 0) VAULT.credit(RequestWord.indexOf(taken[i].word), uint64(paid));
        }
    }

    function _close(uint256 setRoot) private {
        if (msg.sender != OPERATOR) revert OnlyOperator(msg.sender);
        _checkField(setRoot);
        pendingSetRoot = setRoot;
        closeTime = uint64(block.timestamp);
        emit BatchClosed(batchNumber + 1, setRoot, uint64(block.timestamp));
    }

    function _batchWords(uint256 newStateRoot, bytes calldata slots, uint64 roundId)
        private
        view
        returns (uint256[] memory words)
    {
        uint256 length = SLOTS * SLOT_BYTES;
        if (slots.length != length) revert WrongLength(slots.length, length);

        words = new uint256[](BATCH_HEADER + BATCH_STRIDE * SLOTS);
        _header(words, batchNumber + 1, KIND_BATCH, newStateRoot);
        words[6] = pendingSetRoot;
        (words[10], words[7], words[8], words[9]) = _price(roundId);
        words[11] = PARAMS_HASH;
        uint256 next = BATCH_HEADER;
        for (uint256 offset; offset < length; offset += SLOT_BYTES) {
            words[next] = uint24(bytes3(slots[offset:offset + 3]));
            words[next + 1] = uint256(bytes32(slots[offset + 3:offset + 35]));
            words[next + 2] = uint256(bytes32(slots[offset + 35:offset + SLOT_BYTES]));
            next += BATCH_STRIDE;
        }
    }

    function _requestWords(uint256 newStateRoot, bytes calldata answers, Vault.Request[] memory taken)
        private
        view
        returns (uint256[] memory words)
    {
        // Zeros to begin with, which is what padding is.
        words = new uint256[](REQUESTS_HEADER + REQUESTS_STRIDE * REQUESTS);
        _header(words, requestBatchNumber + 1, KIND_REQUESTS, newStateRoot);
        words[6] = OPERATOR_KEY_X;
        words[7] = OPERATOR_KEY_Y;
        words[8] = PARAMS_HASH;
        uint256 next = REQUESTS_HEADER;
        for (uint256 i; i < taken.length; ++i) {
            uint256 offset = i * ANSWER_BYTES;
            uint64 paid = uint64(bytes8(answers[offset:offset + 8]));
            _checkPaid(i, taken[i].word, paid);
            words[next] = taken[i].word;
            words[next + 1] = taken[i].keyX;
            words[next + 2] = taken[i].keyY;
            words[next + 3] = paid;
            words[next + 4] = uint256(bytes32(answers[offset + 8:offset + 40]));
            words[next + 5] = uint256(bytes32(answers[offset + 40:offset + ANSWER_BYTES]));
            next += REQUESTS_STRIDE;
        }
    }

    /// @dev The six words that both kinds begin with.
    function _header(uint256[] memory words, uint64 number, uint256 kind, uint256 newStateRoot) private view {
        words[0] = block.chainid;
        words[1] = uint160(address(this));
        words[2] = number;
        words[3] = kind;
        words[4] = stateRoot;
        words[5] = newStateRoot;
    }

    /// @dev The first round after the close: later ones would let the settler choose among prices.
    function _price(uint64 roundId)
        private
        view
        returns (uint256 time, uint256 word0, uint256 word1, uint256 word2)
    {
        uint64 closed = closeTime;
        (uint64 roundTime, uint256[3] memory prices) = PRICE_SOURCE.round(roundId);
        if (roundTime <= closed) revert RoundNotAfterClose(roundTime, closed);
        if (roundId > 1) {
            (uint64 previousTime,) = PRICE_SOURCE.round(roundId - 1);
            if (previousTime > closed) revert RoundNotFirst(previousTime, closed);
        }
        return (roundTime, prices[0], prices[1], prices[2]);
    }

    function _verify(IVerifier verifier, uint256[] memory words, uint256 c, uint256[8] calldata proof)
        private
        view
    {
        (uint256 z, uint256 y) = PublicWords.evaluate(words, c);
        if (!verifier.verify(proof, [c, z, y])) revert InvalidProof();
    }

    /// @dev The circuit proves the same; here it keeps a faulty circuit away from custody.
    function _checkPaid(uint256 request, uint256 word, uint64 paid) private pure {
        if (paid == 0) return;
        if (RequestWord.kindOf(word) != RequestWord.WITHDRAW || paid != RequestWord.amountOf(word)) {
            revert InvalidPaid(request, paid);
        }
    }

    function _checkField(uint256 value) private pure {
        if (value == 0 || value >= PublicWords.R) revert InvalidFieldElement(value);
    }
}
