// Multiples of a group's generator, on all cores, where the native core is not installed.
// usage: node multiples.mjs <group: 1 or 2> <scalars file> <points file>
// Scalars are 32 bytes, little-endian, below r. Points are affine and in Montgomery form, as .zkey
// files hold them: 64 or 128 bytes, zeros for infinity.

import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { Worker, isMainThread, parentPort, workerData } from "node:worker_threads";

const SCALAR = 32;
const BITS = 10; // of a window: its table stays in a core's cache
const WINDOWS = Math.ceil(254 / BITS);
const CHUNK = 1024; // scalars that a worker takes at once
const PAGE = 1 << 16;
const LIBRARY_PAGES = 25; // what the library's module asks for

if (isMainThread) {
  await main(...process.argv.slice(2));
} else {
  await work(workerData);
}

async function main(group, scalarsFile, pointsFile) {
  const content = readFileSync(scalarsFile);
  const count = content.length / SCALAR;
  const size = group === "1" ? 64 : 128;
  const { code, pG1gen, pG2gen } = await snarkjsCurve();
  const shared = {
    module: await WebAssembly.compile(code),
    generator: group === "1" ? pG1gen : pG2gen,
    group,
    size,
    count,
    scalars: new Uint8Array(new SharedArrayBuffer(content.length)),
    points: new Uint8Array(new SharedArrayBuffer(count * size)),
    next: new Int32Array(new SharedArrayBuffer(4)),
  };
  shared.scalars.set(content);
  const cores = Math.min(availableParallelism(), Math.ceil(count / CHUNK));
  await Promise.all(Array.from({ length: cores }, () => run(shared)));
  writeFileSync(pointsFile, shared.points);
}

// snarkjs pins the library whose curve is used here.
async function snarkjsCurve() {
  const here = createRequire(import.meta.url);
  const library = createRequire(here.resolve("snarkjs"))("ffjavascript");
  return (await library.getCurveFromName("bn128", { singleThread: true })).tm;
}

function run(shared) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(fileURLToPath(import.meta.url), { workerData: shared });
    worker.once("message", resolve);
    worker.once("error", reject);
  });
}

async function work({ module, generator, group, size, count, scalars, points, next }) {
  const projective = size * 1.5;
  const memory = new WebAssembly.Memory({ initial: LIBRARY_PAGES });
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
  const curve = (name) => exports[`g${group}m_${name}`];
  const [table, sums, affine] = rooms(memory, [
    (WINDOWS * size) << BITS,
    CHUNK * projective,
    CHUNK * size,
  ]);
  fillTable(curve, generator, table, sums, size);

  const [add, toAffine] = [curve("addMixed"), curve("batchToAffine")];
  const bytes = new Uint8Array(memory.buffer);
  for (let first; (first = Atomics.add(next, 0, CHUNK)) < count; ) {
    const some = Math.min(CHUNK, count - first);
    bytes.fill(0, sums, sums + some * projective); // z = 0: infinity
    for (let window = 0; window < WINDOWS; window++) {
      for (let i = 0; i < some; i++) {
        const value = digit(scalars, (first + i) * SCALAR, window * BITS);
        if (value === 0) continue;
        const sum = sums + i * projective;
        add(sum, table + ((window << BITS) + value) * size, sum);
      }
    }
    toAffine(sums, some, affine);
    points.set(bytes.subarray(affine, affine + some * size), first * size);
  }
  parentPort.postMessage("done");
}

// Returns where regions of these lengths begin, after what the library holds in its memory; its
// first word is the address of what is free.
function rooms(memory, lengths) {
  let end = (new Uint32Array(memory.buffer)[0] + 7) & ~7;
  const starts = lengths.map((length) => (end += length) - length);
  new Uint32Array(memory.buffer)[0] = end;
  // Beyond them the library takes memory for its own steps.
  const wanted = end + CHUNK * 256;
  memory.grow(Math.max(0, Math.ceil((wanted - memory.buffer.byteLength) / PAGE)));
  return starts;
}

// Entry d of window w is d * 2^(BITS * w) times the generator; entry 0 is never read.
function fillTable(curve, generator, table, scratch, size) {
  const [base, point] = [scratch, scratch + size * 1.5];
  curve("copy")(generator, base);
  for (let window = 0; window < WINDOWS; window++) {
    curve("copy")(base, point);
    for (let value = 1; value < 1 << BITS; value++) {
      curve("toAffine")(point, table + ((window << BITS) + value) * size);
      curve("add")(point, base, point);
    }
    curve("copy")(point, base); // 2^BITS times the base
  }
}

function digit(scalars, start, bit) {
  let word = 0;
  for (let i = 0, at = bit >> 3; i < 3 && at < SCALAR; i++, at++) {
    word |= scalars[start + at] << (8 * i);
  }
  return (word >>> (bit & 7)) & ((1 << BITS) - 1);
}
