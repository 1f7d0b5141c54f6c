// Runs the transactions that contracts/test/GasTrace.t.sol wrote under a fork's rules:
//   node fork_gas.mjs <folder with state.json and calls.txt> <hardfork>
// Prints one line for each named transaction: its name and the gas that it used.
import { readFileSync } from "node:fs";
import { createBlock } from "@ethereumjs/block";
import { Mainnet, createCustomCommon } from "@ethereumjs/common";
import { createLegacyTx } from "@ethereumjs/tx";
import { createAccount, createAddressFromString, hexToBytes, setLengthLeft } from "@ethereumjs/util";
import { createVM, runTx } from "@ethereumjs/vm";

const CHAIN = 31337; // forge's, which the proofs are for
const BASE_FEE = 1n;
const GAS_LIMIT = 16_000_000n;

const [folder, hardfork] = process.argv.slice(2);
const common = createCustomCommon({ chainId: CHAIN }, Mainnet, { hardfork });
const vm = await createVM({ common });

for (const [address, account] of Object.entries(JSON.parse(readFileSync(`${folder}/state.json`, "utf8")))) {
  const at = createAddressFromString(address);
  const { nonce, balance } = account;
  await vm.stateManager.putAccount(at, createAccount({ nonce: BigInt(nonce), balance: BigInt(balance) }));
  await vm.stateManager.putCode(at, hexToBytes(account.code));
  for (const [slot, value] of Object.entries(account.storage)) {
    await vm.stateManager.putStorage(at, word(slot), hexToBytes(value));
  }
}

for (const line of readFileSync(`${folder}/calls.txt`, "utf8").trimEnd().split("\n")) {
  const [name, time, from, to, value, data] = line.split("\t");
  const block = createBlock(
    { header: { timestamp: BigInt(time), baseFeePerGas: BASE_FEE, gasLimit: GAS_LIMIT * 2n, number: 1n } },
    { common, skipConsensusFormatValidation: true },
  );
  const tx = createLegacyTx(
    { to, value: BigInt(value), data, gasPrice: BASE_FEE, gasLimit: GAS_LIMIT },
    { common, freeze: false },
  );
  // Forge's senders have no keys.
  tx.getSenderAddress = () => createAddressFromString(from);
  tx.isSigned = () => true;
  tx.validateSignature = () => {};
  const done = await runTx(vm, { tx, block, skipBalance: true, skipNonce: true });
  const error = done.execResult.exceptionError;
  if (error !== undefined) throw new Error(`${name} at ${time}: ${error.error}`);
  if (name !== "") console.log(`${name}\t${done.totalGasSpent}`);
}

function word(hex) {
  return setLengthLeft(hexToBytes(hex), 32);
}
