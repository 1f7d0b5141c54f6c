// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @title  IPriceSource
/// @notice Says what prices were at a moment, from evidence that anybody may bring.
/// @dev    It stores nothing: Settlement picks the moment by rule and keeps the answer beside the set that it is
///         for. Whoever brings the evidence must not be able to choose among answers beyond what the source says.
interface IPriceSource {
    /// @notice The moment is after the block.
    error TimeInFuture(uint64 time, uint256 blockTime);

    /// @notice Prices at `time`; reverts where the evidence does not show them.
    /// @param  time         seconds, the grid point that the prices must be of
    /// @param  evidence     what the source takes for proof; see there
    /// @param  previousTime seconds, of the prices recorded before; 0 while there are none
    /// @param  previous     the marks recorded before, packed alike
    /// @return word         a mark for each underlying, micro-USD per unit, and a bit for each that is halted: that
    ///                      has no price, and a mark that is the one before or on its way; as `PriceWords` packs them
    function pricesAt(uint64 time, bytes calldata evidence, uint64 previousTime, uint256 previous)
        external
        view
        returns (uint256 word);

    /// @notice How far, in basis points, an answer may be from the market at its time by the source's own making.
    /// @dev    The spread has to cover it: whoever knows the market trades against the answer.
    function deviation() external view returns (uint256);

    /// @notice Bit u: underlying u has a price here; the others have none, whatever the evidence.
    /// @dev    These have to be those of the settlement's markets, or no batch of it can be settled.
    function listed() external view returns (uint256);

    /// @notice How old, in seconds, a moment has to be before evidence that decides nothing is taken; 0 for a source
    ///         whose evidence always decides.
    /// @dev    Such evidence counts only in what the settlement's window leaves after it, so that needs a block.
    function patience() external view returns (uint256);
}
