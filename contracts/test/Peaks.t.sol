// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Peaks} from "../src/Peaks.sol";
import {Tree} from "./fixture/Tree.sol";
import {Test} from "./Test.sol";

contract PeaksTest is Test {
    using Peaks for Peaks.List;

    Peaks.List list;
    bytes32[] leaves;

    /// @dev Every entry at every length of the list, by every path: kept nodes are accepted, others are not.
    function test_holds_byEveryKeptNodeAndNoOther() public {
        for (uint256 count = 1; count <= 40; ++count) {
            _push();
            for (uint256 number; number < count; ++number) {
                _checkLevels(count, number);
            }
        }
    }

    /// @dev The highest kept node of level l outlives 2^l more entries, and one of 2^l + 1 more need not.
    function testFuzz_holds_outlivesEntriesThatJoin(uint256 count, uint256 number, uint256 more) public {
        count = bound(count, 1, 30);
        number = bound(number, 0, count - 1);
        for (uint256 i; i < count; ++i) {
            _push();
        }
        bytes32[] memory path = Tree.path(leaves, number);
        more = bound(more, 0, 2 ** path.length);
        for (uint256 i; i < more; ++i) {
            _push();
        }
        assertTrue(this.holds(count + more, number, leaves[number], path));
    }

    function testFuzz_holds_refusesAnotherLeafNumberOrPath(uint256 number, uint256 which, uint256 change)
        public
    {
        for (uint256 i; i < 37; ++i) {
            _push();
        }
        number = bound(number, 0, 31);
        bytes32[] memory path = Tree.path(leaves, number);
        assertEq(path.length, 5);
        bytes32 leaf = leaves[number];
        assertTrue(this.holds(37, number, leaf, path));
        bytes32 mask = bytes32(2 ** (change % 256));
        which %= 7;
        if (which < 5) path[which] ^= mask;
        if (which == 5) leaf ^= mask;
        if (which == 6) number ^= 1 << (change % 5);
        assertFalse(this.holds(37, number, leaf, path));
    }

    /// @dev A node is no entry, whichever number and however short the path.
    function test_holds_refusesANodeAsAnEntry() public {
        for (uint256 i; i < 8; ++i) {
            _push();
        }
        bytes32[] memory path = Tree.pathTo(leaves, 0, 3);
        bytes32[] memory rest = new bytes32[](2);
        (rest[0], rest[1]) = (path[1], path[2]);
        bytes32 node = Peaks.node(leaves[0], leaves[1]);
        for (uint256 number; number < 8; ++number) {
            assertFalse(this.holds(8, number, node, rest));
        }
    }

    function test_holds_refusesAPathThatIsTooLong() public {
        _push();
        assertFalse(this.holds(1, 0, leaves[0], new bytes32[](32)));
        assertFalse(this.holds(1, 0, leaves[0], new bytes32[](300)));
    }

    function holds(uint256 count, uint256 number, bytes32 leaf, bytes32[] calldata path)
        external
        view
        returns (bool)
    {
        return list.holds(count, number, leaf, path);
    }

    function _checkLevels(uint256 count, uint256 number) private view {
        bytes32 leaf = leaves[number];
        uint256 kept;
        for (uint256 level; level < 7; ++level) {
            // A path exists where the whole node does.
            if ((number >> level) + 1 > count >> level) continue;
            bool expected = Tree.isKept(count, number, level);
            bytes32[] memory path = Tree.pathTo(leaves, number, level);
            assertTrue(this.holds(count, number, leaf, path) == expected);
            assertFalse(this.holds(count, number, ~leaf, path));
            if (expected) ++kept;
        }
        assertTrue(kept != 0);
    }

    function _push() private {
        bytes32 leaf = keccak256(abi.encode("leaf", leaves.length));
        list.push(leaves.length, leaf);
        leaves.push(leaf);
    }
}
