// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {FIELD_ORDER, Layout} from "./generated/Layout.sol";

/// @title  BabyJubJub
/// @notice What a contract has to know of a point before a circuit may rely on it.
/// @dev    a x^2 + y^2 = 1 + d x^2 y^2 over BN254's scalar field. The circuit takes 8 * point as the key, which
///         is in the prime subgroup for any point of the curve; so only membership and 8 * point are checked.
library BabyJubJub {
    uint256 private constant R = FIELD_ORDER;
    uint256 private constant A = Layout.CURVE_A;
    uint256 private constant D = Layout.CURVE_D;

    /// @notice Whether the point is canonical, on the curve, and 8 times it is not the identity.
    function isKey(uint256 x, uint256 y) internal pure returns (bool) {
        if (x >= R || y >= R) return false;
        uint256 xx = mulmod(x, x, R);
        uint256 yy = mulmod(y, y, R);
        uint256 left = addmod(mulmod(A, xx, R), yy, R);
        uint256 right = addmod(1, mulmod(D, mulmod(xx, yy, R), R), R);
        return left == right && !_isSmallOrder(x, y);
    }

    /// @dev Three projective doublings; the law is complete, so Z is never 0 and the identity is X = 0, Y = Z.
    function _isSmallOrder(uint256 x, uint256 y) private pure returns (bool) {
        uint256 z = 1;
        for (uint256 i; i < 3; ++i) {
            (x, y, z) = _double(x, y, z);
        }
        return x == 0 && y == z;
    }

    /// @dev "dbl-2008-bbjlp": X3 = 2XY J, Y3 = F (aXX - YY), Z3 = F J; F = aXX + YY, J = F - 2ZZ.
    function _double(uint256 x, uint256 y, uint256 z) private pure returns (uint256, uint256, uint256) {
        uint256 axx = mulmod(A, mulmod(x, x, R), R);
        uint256 yy = mulmod(y, y, R);
        uint256 f = addmod(axx, yy, R);
        uint256 j = addmod(f, R - mulmod(2, mulmod(z, z, R), R), R);
        return
            (
                mulmod(mulmod(2, mulmod(x, y, R), R), j, R),
                mulmod(f, addmod(axx, R - yy, R), R),
                mulmod(f, j, R)
            );
    }
}
