// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {BabyJubJub} from "./BabyJubJub.sol";
import {Freeze} from "./Freeze.sol";
import {Layout} from "./generated/Layout.sol";
import {ISettlement} from "./interfaces/ISettlement.sol";
import {IVault} from "./interfaces/IVault.sol";
import {IVerifier} from "./interfaces/IVerifier.sol";
import {Pipeline} from "./Pipeline.sol";
import {PublicWords} from "./PublicWords.sol";
import {RequestWord} from "./RequestWord.sol";
import {SettlementWords} from "./SettlementWords.sol";

/// @title  Settlement
/// @notice Holds the root of the committed state and moves it by proofs alone: batches of orders, and runs of
///         requests from the vault's queue.
/// @dev    Whatever this contract knows it puts into the public words itself (chain, own address, counters,
///         roots, prices, keys, requests); the caller supplies only what the proof is to show. Anybody may
///         settle, for a proof speaks for itself; only the operator may close, for closing picks the set.
contract Settlement is Freeze {
    using SettlementWords for uint256[];

    IVerifier public immutable BATCH_VERIFIER;
    IVerifier public immutable REQUEST_VERIFIER;
    IVerifier public immutable EXIT_VERIFIER;
    uint256 public immutable OPERATOR_KEY_X;
    uint256 public immutable OPERATOR_KEY_Y;
    uint256 public immutable MARKET_PARAMS_HASH;
    /// @notice Slots of a batch.
    uint256 public immutable SLOTS;
    /// @notice Most requests in a run.
    uint256 public immutable REQUESTS;

    constructor(Config memory config) Pipeline(config) Freeze(config.clocks) {
        if (
            address(config.priceSource) == address(0) || address(config.batchVerifier) == address(0)
                || address(config.requestVerifier) == address(0) || address(config.vault) == address(0)
                || address(config.exitVerifier) == address(0) || config.operator == address(0)
        ) revert ZeroAddress();
        if (config.slots == 0 || config.requests == 0) revert ZeroSize();
        if (!BabyJubJub.isKey(config.operatorKeyX, config.operatorKeyY)) {
            revert InvalidOperatorKey(config.operatorKeyX, config.operatorKeyY);
        }
        _checkField(config.marketParamsHash);
        _checkField(config.genesisRoot);

        BATCH_VERIFIER = config.batchVerifier;
        REQUEST_VERIFIER = config.requestVerifier;
        EXIT_VERIFIER = config.exitVerifier;
        OPERATOR_KEY_X = config.operatorKeyX;
        OPERATOR_KEY_Y = config.operatorKeyY;
        MARKET_PARAMS_HASH = config.marketParamsHash;
        SLOTS = config.slots;
        REQUESTS = config.requests;
        stateRoot = config.genesisRoot;
    }

    /// @inheritdoc ISettlement
    function settleBatch(
        uint256 newStateRoot,
        bytes calldata data,
        uint256 c,
        uint256[8] calldata proof,
        Close calldata next
    ) external {
        // 1. Check: the oldest set has its price and its requests, and every slot is spoken of.
        (uint256 setRoot, uint64 time, uint256 prices) = _ready();
        uint256 length = 32 * Layout.BATCH_HOUSE_WORDS + SLOTS * Layout.TOUCH_BYTES;
        if (data.length != length) revert WrongLength(data.length, length);

        // 2. Verify: the transition is proved, at the only price that counts.
        uint64 batch = batchesSettled + 1;
        uint256[] memory words = SettlementWords.make(
            Layout.BATCH_HEADER_WORDS + Layout.BATCH_HOUSE_WORDS + Layout.TOUCH_WORDS * SLOTS
        );
        words.putHeader(Layout.STATEMENT_BATCH, batch, stateRoot, newStateRoot);
        words.putBatch(setRoot, prices, time, MARKET_PARAMS_HASH);
        words.putTouches(data);
        _verify(BATCH_VERIFIER, words, c, proof);

        // 3. Commit.
        stateRoot = newStateRoot;
        batchesSettled = batch;
        marksTime = time;
        _noteClean(words[Layout.BATCH_HEADER_WORDS + Layout.BATCH_HOUSE_CLEAN] == 1, time);

        // 4. Emit.
        emit BatchSettled(batch, newStateRoot, time, data);

        // 5. Close the next set, for which the settled one has made room.
        if (next.setRoot != 0) _close(next);
    }

    /// @inheritdoc ISettlement
    function settleRequests(
        uint256 newStateRoot,
        bytes calldata data,
        uint256 c,
        uint256[8] calldata proof,
        IVault.Request[] calldata requests,
        bytes32[][] calldata paths
    ) external {
        // 1. Check: an answer for each, none beyond what may be served, none at marks older than itself.
        uint64 first = VAULT.queueStart();
        _checkRun(first, data.length, requests);

        // 2. Verify: these are the oldest requests, and the answers are proved. The vault is ours and calls
        //    nobody here. The fees are the operator's, who alone has the state that is proved: were they the
        //    sender's, everybody would copy the operator's transaction and be paid for its proof.
        VAULT.take(requests, paths, OPERATOR);
        uint64 run = runsSettled + 1;
        uint256[] memory words = SettlementWords.make(
            Layout.REQUESTS_HEADER_WORDS + Layout.REQUESTS_HOUSE_WORDS + Layout.SERVED_WORDS * REQUESTS
        );
        words.putHeader(Layout.STATEMENT_REQUESTS, run, stateRoot, newStateRoot);
        words.putRun(OPERATOR_KEY_X, OPERATOR_KEY_Y, MARKET_PARAMS_HASH);
        words.putServed(requests, data);
        _verify(REQUEST_VERIFIER, words, c, proof);

        // 3. Commit.
        stateRoot = newStateRoot;
        runsSettled = run;

        // 4. Emit.
        emit RequestsSettled(run, newStateRoot, first, uint64(requests.length), data);

        // 5. Paid withdrawals become claims.
        for (uint256 i; i < requests.length; ++i) {
            uint64 paid = words.paidOf(i);
            if (paid != 0) VAULT.credit(RequestWord.accountOf(requests[i].word), paid);
        }
    }

    /// @inheritdoc ISettlement
    function exit(uint24 account, uint128 amount, uint256[8] calldata proof) external {
        // 1. Check: the root is the last one.
        if (frozenAt == 0) revert NotFrozen();

        // 2. Verify: by that root and these parameters the account is owed so much.
        uint256 owed = uint256(account) << Layout.OWED_ACCOUNT_AT | uint256(amount) << Layout.OWED_AMOUNT_AT;
        if (!EXIT_VERIFIER.verify(proof, [stateRoot, MARKET_PARAMS_HASH, owed])) revert InvalidProof();

        // 3. Commit: the vault knows whether the account has left, and whose it is.
        VAULT.exit(account, amount);
    }

    /// @inheritdoc ISettlement
    function payHouse() external {
        VAULT.payHouse(OPERATOR);
    }

    function _checkRun(uint64 first, uint256 length, IVault.Request[] calldata requests) private view {
        uint256 count = requests.length;
        if (count == 0 || count > REQUESTS) revert WrongCount(count, REQUESTS);
        uint256 expected = 32 * Layout.REQUESTS_HOUSE_WORDS + count * Layout.ANSWERED_BYTES;
        if (length != expected) revert WrongLength(length, expected);
        // Casts: count is small.
        uint64 bound = servable();
        if (first + uint64(count) > bound) revert BeyondBound(first + uint64(count), bound);
        uint64 marks = marksTime;
        for (uint256 i; i < count; ++i) {
            IVault.Request calldata request = requests[i];
            if (RequestWord.kindOf(request.word) == Layout.KIND_WITHDRAW && request.time >= marks) {
                revert WithdrawalTooYoung(first + uint64(i), request.time, marks);
            }
        }
    }

    /// @dev The circuit proves a claim of 1; whatever else a faulty one let through is no claim.
    function _noteClean(bool clean, uint64 time) private {
        uint64 since = uncleanSince;
        if (clean == (since != 0)) uncleanSince = clean ? 0 : time;
    }

    function _verify(IVerifier verifier, uint256[] memory words, uint256 c, uint256[8] calldata proof)
        private
        view
    {
        (uint256 z, uint256 y) = PublicWords.evaluate(words, c);
        if (!verifier.verify(proof, [c, z, y])) revert InvalidProof();
    }
}
