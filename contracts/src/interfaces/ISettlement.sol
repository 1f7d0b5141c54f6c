// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IPriceSource} from "./IPriceSource.sol";
import {IVault} from "./IVault.sol";
import {IVerifier} from "./IVerifier.sol";

/// @title  ISettlement
/// @notice The root of the committed state, which moves by proofs alone: batches of orders, and runs of requests
///         from the vault's queue.
interface ISettlement {
    /// @notice What stays the same for this contract's whole life.
    struct Config {
        IPriceSource priceSource;
        IVerifier batchVerifier;
        IVerifier requestVerifier;
        IVault vault;
        address operator;
        uint256 operatorKeyX;
        uint256 operatorKeyY;
        uint256 marketParamsHash;
        uint256 slots; // of a batch
        uint256 requests; // most in a run
        uint256 genesisRoot;
    }

    /// @notice The set of batch `batch` is fixed; the first price after `time` counts.
    event BatchClosed(uint64 indexed batch, uint256 setRoot, uint64 time);
    /// @notice A batch moved the state. `data` is what the batch publishes, as `settleBatch` was given it.
    /// @dev    Readers take published words from events alone: a call's input may be a forwarder's.
    event BatchSettled(uint64 indexed batch, uint256 newStateRoot, uint64 round, bytes data);
    /// @notice A run of requests moved the state. `data` is what the run publishes, as `settleRequests` was given
    ///         it; the requests are in the vault's events.
    event RequestsSettled(
        uint64 indexed run, uint256 newStateRoot, uint64 firstRequest, uint256 count, bytes data
    );

    /// @notice An address of the configuration is zero.
    error ZeroAddress();
    /// @notice A size of the configuration is zero.
    error ZeroSize();
    /// @notice The operator's key is not on the curve, or of small order.
    error InvalidOperatorKey(uint256 keyX, uint256 keyY);
    /// @notice Zero, or not below the field's order.
    error InvalidFieldElement(uint256 given);
    /// @notice Only the operator closes a set.
    error OnlyOperator(address given, address expected);
    /// @notice A closed set waits for batch `batch`.
    error BatchPending(uint64 batch);
    /// @notice No closed set waits.
    error NoBatchPending();
    /// @notice The queue is empty.
    error NoRequests();
    /// @notice The bytes are no whole number of slots or answers, or of the wrong number of them.
    error WrongLength(uint256 given, uint256 expected);
    /// @notice The price is not from after the close.
    error RoundNotAfterClose(uint64 roundTime, uint64 closeTime);
    /// @notice The round before this one is after the close as well.
    error RoundNotFirst(uint64 previousRoundTime, uint64 closeTime);
    /// @notice A withdrawal is paid whole or not at all; nothing else is paid.
    error InvalidPaid(uint256 request, uint256 given, uint256 expected);
    /// @notice The proof does not show what the words say.
    error InvalidProof();

    /// @notice Fix the set of the next batch, before its price exists.
    function closeBatch(uint256 setRoot) external;

    /// @notice Settle the closed batch and, if `nextSetRoot` is not 0, close the next in the same transaction.
    /// @param  newStateRoot the root after the batch
    /// @param  data         of the house: what is sealed, the exit sheet's funding (32 bytes a word); then of each
    ///                      slot: account (3 bytes), new leaf (32), ciphertext (32)
    /// @param  c            the circuit's commitment to the words
    /// @param  proof        see `IVerifier`
    /// @param  round        the price round: the first whose time is after the close
    /// @param  nextSetRoot  the next batch's set, operator only; 0 for none
    function settleBatch(
        uint256 newStateRoot,
        bytes calldata data,
        uint256 c,
        uint256[8] calldata proof,
        uint64 round,
        uint256 nextSetRoot
    ) external;

    /// @notice Settle the oldest requests, as many as there are answers: `REQUESTS` at most.
    /// @dev    Fewer than wait is allowed, so a request that joins the queue does not void a proof.
    /// @dev    May happen while a set is pending: the set binds orders, not the root that they start from.
    /// @param  newStateRoot the root after the requests
    /// @param  data         of the house: what is sealed (32 bytes); then of each request: paid (8 bytes), new leaf
    ///                      (32), ciphertext (32)
    /// @param  c            the circuit's commitment to the words
    /// @param  proof        see `IVerifier`
    function settleRequests(uint256 newStateRoot, bytes calldata data, uint256 c, uint256[8] calldata proof)
        external;

    /// @notice Root of the committed state.
    function stateRoot() external view returns (uint256);

    /// @notice Root of the closed set that waits for its batch; 0 while none does.
    function pendingSetRoot() external view returns (uint256);

    /// @notice Batches settled so far.
    function batchesSettled() external view returns (uint64);

    /// @notice Runs of requests settled so far; a counter of its own, so neither proof waits for the other's.
    function runsSettled() external view returns (uint64);

    /// @notice When the pending set was closed, in seconds.
    function closeTime() external view returns (uint64);
}
