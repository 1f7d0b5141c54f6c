// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {IVault} from "./interfaces/IVault.sol";
import {Queue} from "./Queue.sol";

/// @title  Books
/// @notice Where every micro-USD of the vault is, and the one way out of it.
/// @dev    Each is in exactly one place: committed (inside the proven state), queued (deposits not yet served) or
///         claims (what left the state, or was handed back). Their sum is what the vault owes and is never more
///         than its balance. Only `claim` and `claimFor` let it out.
abstract contract Books is Queue, ReentrancyGuardTransient {
    using SafeERC20 for IERC20Metadata;

    uint8 private constant LEAST_DECIMALS = 6;
    /// @dev 63 bits of micro-USD stay far from 2^256.
    uint8 private constant MOST_DECIMALS = 36;

    /// @dev One slot, which a withdrawal reads and writes, and so does leaving.
    struct Account {
        address owner;
        uint64 lastWithdrawal; // 0: none, for an opening comes first
        Stage stage;
    }

    IERC20Metadata public immutable TOKEN;
    /// @notice The token's smallest units to one micro-USD.
    uint256 public immutable UNIT;

    // Slot: what every request reads.
    /// @inheritdoc IVault
    address public settlement;
    /// @inheritdoc IVault
    uint24 public accountCount;
    /// @inheritdoc IVault
    bool public isFrozen;
    // Slot: the balance sheet. Queued deposits may be none again, and what is committed too: the flag stays.
    /// @inheritdoc IVault
    uint64 public committed;
    /// @inheritdoc IVault
    uint64 public queuedDeposits;
    bool private _used = true;
    // Slot of its own, with the sentinel: unlike the state's total, unclaimed claims have no bound.
    uint256 private _totalClaims = SENTINEL;

    // Slots: one for each address that was ever paid, with the sentinel, and one for each account.
    mapping(address owner => uint256 amount) private _claims;
    mapping(uint256 account => Account) internal _accounts;

    modifier onlySettlement() {
        if (msg.sender != settlement) revert OnlySettlement(msg.sender, settlement);
        _;
    }

    constructor(IERC20Metadata token) {
        if (address(token) == address(0)) revert ZeroAddress();
        uint8 decimals = token.decimals();
        if (decimals < LEAST_DECIMALS || decimals > MOST_DECIMALS) revert UnsupportedDecimals(decimals);
        TOKEN = token;
        UNIT = 10 ** (decimals - LEAST_DECIMALS);
    }

    /// @inheritdoc IVault
    function claim(address to) external nonReentrant returns (uint256 amount) {
        return _payClaims(msg.sender, to);
    }

    /// @inheritdoc IVault
    function claimFor(address owner) external nonReentrant returns (uint256 amount) {
        return _payClaims(owner, owner);
    }

    /// @inheritdoc IVault
    function claimFees(address to) external nonReentrant returns (uint256 amount) {
        return _payFees(to);
    }

    /// @inheritdoc IVault
    function accountAddress(uint256 account) external view returns (address owner) {
        return _accounts[account].owner;
    }

    /// @inheritdoc IVault
    function lastWithdrawal(uint256 account) external view returns (uint64 number) {
        return _accounts[account].lastWithdrawal;
    }

    /// @inheritdoc IVault
    function stage(uint256 account) external view returns (Stage) {
        return _accounts[account].stage;
    }

    /// @inheritdoc IVault
    function claims(address owner) public view returns (uint256) {
        uint256 kept = _claims[owner];
        return kept == 0 ? 0 : kept - SENTINEL;
    }

    /// @inheritdoc IVault
    function totalClaims() public view returns (uint256) {
        return _totalClaims - SENTINEL;
    }

    /// @inheritdoc IVault
    function liabilities() external view returns (uint256) {
        return uint256(committed) + queuedDeposits + totalClaims();
    }

    /// @dev Whatever was proved, it cannot reach queued deposits or others' claims.
    function _release(address owner, uint256 amount) internal {
        if (amount > committed) revert ExceedsCommitted(amount, committed);
        // Cast: below what is committed.
        committed -= uint64(amount);
        _owe(owner, amount);
    }

    function _owe(address owner, uint256 amount) internal {
        _totalClaims += amount;
        _claims[owner] = SENTINEL + claims(owner) + amount;
    }

    function _checkAccount(uint256 account) internal view {
        if (account == 0 || account > accountCount) revert UnknownAccount(account, accountCount);
    }

    /// @dev Books first: a token that calls back finds nothing left to claim.
    function _payClaims(address owner, address to) private returns (uint256 amount) {
        amount = claims(owner);
        if (amount == 0) revert NothingToClaim(owner);
        if (to == address(0)) revert ZeroAddress();
        _claims[owner] = SENTINEL;
        _totalClaims -= amount;
        emit Claimed(owner, to, amount);
        TOKEN.safeTransfer(to, amount * UNIT);
    }
}
