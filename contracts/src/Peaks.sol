// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @title  Peaks
/// @notice An append-only list in 32 words: entries are proved against nodes of a tree of hashes over all of them.
/// @dev    Node i of level l covers entries i * 2^l to (i + 1) * 2^l - 1. A word is kept of each level: its last
///         complete node with an even index, for a push merges upwards through odd nodes and stores where it
///         ends. A node stays good after it was merged: a path to an entry's highest kept node, of level l,
///         outlives 2^l more entries. So whoever queues to make paths fail pays twice as much each time.
///         A chain of hashes would not do: served in part, any false entry passes until the last one. Words are
///         written over and never cleared. Leaves must not be hashes of 64 bytes, which nodes are.
library Peaks {
    uint256 private constant LEVELS = 32;

    struct List {
        bytes32[32] kept; // by level
    }

    /// @dev `count` is the list's length before the push, below 2^32 - 1.
    function push(List storage list, uint256 count, bytes32 leaf) internal {
        uint256 level;
        for (; count >> level & 1 == 1; ++level) {
            leaf = node(list.kept[level], leaf);
        }
        list.kept[level] = leaf;
    }

    /// @notice Whether `leaf` stands at `number`; the path leads to the node that is kept of its length's level.
    function holds(List storage list, uint256 count, uint256 number, bytes32 leaf, bytes32[] calldata path)
        internal
        view
        returns (bool)
    {
        uint256 level = path.length;
        if (level >= LEVELS) return false;
        uint256 complete = count >> level;
        // The last even index below `complete`.
        if (complete == 0 || number >> level != ((complete - 1) >> 1) << 1) return false;
        for (uint256 i; i < level; ++i) {
            leaf = number >> i & 1 == 0 ? node(leaf, path[i]) : node(path[i], leaf);
        }
        return leaf == list.kept[level];
    }

    function node(bytes32 left, bytes32 right) internal pure returns (bytes32 hash) {
        assembly ("memory-safe") {
            mstore(0, left)
            mstore(0x20, right)
            hash := keccak256(0, 0x40)
        }
    }
}
