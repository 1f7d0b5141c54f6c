// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Layout} from "./generated/Layout.sol";
import {IVault} from "./interfaces/IVault.sol";
import {Peaks} from "./Peaks.sol";
import {RequestWord} from "./RequestWord.sol";

/// @title  Queue
/// @notice The requests to the proven state, oldest first, and the fees that serving them earns.
/// @dev    The list has no end and can be served in part. An entry is its hash, with its time and payer: it is
///         shown again when it is served, so what waits costs no storage. A fee covers what serving one costs,
///         so a flood of requests pays the one whom it keeps busy.
abstract contract Queue is IVault {
    using Peaks for Peaks.List;

    /// @notice A withdrawal below the minimum pays so many fees: it stays possible, and nobody lives on dust.
    uint256 public constant SMALL_FACTOR = 4;
    /// @dev What was ever written keeps this much, so that no later write is afresh.
    uint256 internal constant SENTINEL = 1;

    /// @notice Gas at the base fee that a request pays.
    uint64 public immutable REQUEST_FEE_GAS;
    /// @notice Wei that it pays besides, for what a chain charges apart from gas: a rollup for its data.
    uint64 public immutable REQUEST_FEE_WEI;

    // Slot: both ends.
    /// @inheritdoc IVault
    uint64 public queueStart;
    /// @inheritdoc IVault
    uint64 public queueEnd;
    // Slots: 32, written over and over.
    Peaks.List private _peaks;
    // Slots: one for each address that ever served, with the sentinel.
    mapping(address server => uint256 amount) private _fees;

    constructor(uint64 requestFeeGas, uint64 requestFeeWei) {
        REQUEST_FEE_GAS = requestFeeGas;
        REQUEST_FEE_WEI = requestFeeWei;
    }

    /// @inheritdoc IVault
    function requestFee() public view returns (uint256) {
        return REQUEST_FEE_GAS * block.basefee + REQUEST_FEE_WEI;
    }

    /// @inheritdoc IVault
    function queueLength() public view returns (uint256) {
        return queueEnd - queueStart;
    }

    /// @inheritdoc IVault
    function peak(uint256 level) external view returns (bytes32) {
        return _peaks.kept[level];
    }

    /// @inheritdoc IVault
    function checkOldest(Request calldata request, bytes32[] calldata path) external view {
        if (queueStart == queueEnd) revert QueueTooShort(1, 0);
        _checkEntry(queueEnd, queueStart, request, path);
    }

    /// @inheritdoc IVault
    function fees(address server) public view returns (uint256) {
        uint256 kept = _fees[server];
        return kept == 0 ? 0 : kept - SENTINEL;
    }

    /// @dev What is given beyond the least fee is the operator's as well: the base fee may rise until inclusion.
    function _push(uint256 word, uint256 keyX, uint256 keyY, uint256 factor) internal {
        uint256 least = factor * requestFee();
        if (msg.value < least || msg.value > type(uint96).max) revert WrongFee(msg.value, least);
        uint64 number = queueEnd;
        Request memory request =
            Request(word, keyX, keyY, uint64(block.timestamp), uint96(msg.value), msg.sender);
        _peaks.push(number, _hash(request));
        queueEnd = number + 1;
        emit RequestQueued(number, word, keyX, keyY, request.time, request.fee, msg.sender);
    }

    /// @dev The oldest requests leave the queue; returns the sum of their deposits.
    function _pop(Request[] calldata requests, bytes32[][] calldata paths, address server)
        internal
        returns (uint256 deposits)
    {
        uint64 first = queueStart;
        uint64 end = queueEnd;
        uint256 count = requests.length;
        if (count > end - first) revert QueueTooShort(count, end - first);
        if (paths.length != count) revert WrongPaths(paths.length, count);
        uint256 earned;
        for (uint256 i; i < count; ++i) {
            Request calldata request = requests[i];
            // Cast: count is below the queue's length.
            _checkEntry(end, first + uint64(i), request, paths[i]);
            earned += request.fee;
            if (RequestWord.kindOf(request.word) != Layout.KIND_WITHDRAW) {
                deposits += RequestWord.amountOf(request.word);
            }
        }
        // Cast: count fits as the queue's ends do.
        queueStart = first + uint64(count);
        if (earned != 0) _addFees(server, earned);
        emit RequestsTaken(first, uint64(count));
    }

    /// @dev Every entry since the beginning, served or not.
    function _checkEntry(uint64 end, uint64 number, Request calldata request, bytes32[] calldata path)
        internal
        view
    {
        if (!_peaks.holds(end, number, _hash(request), path)) revert NotInQueue(number);
    }

    function _addFees(address to, uint256 amount) internal {
        _fees[to] = SENTINEL + fees(to) + amount;
    }

    /// @dev By pull: a receiver that refuses keeps only itself waiting.
    function _payFees(address to) internal returns (uint256 amount) {
        amount = fees(msg.sender);
        if (amount == 0) revert NothingToClaim(msg.sender);
        _fees[msg.sender] = SENTINEL;
        emit FeesClaimed(msg.sender, to, amount);
        (bool done,) = to.call{value: amount}("");
        if (!done) revert FeesRefused(to);
    }

    /// @dev Six words, so no node of the list is one.
    function _hash(Request memory request) private pure returns (bytes32) {
        return keccak256(abi.encode(request));
    }
}
