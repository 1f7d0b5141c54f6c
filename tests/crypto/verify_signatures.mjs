// Reads signatures as JSON on standard input; writes whether circomlibjs verifies each.
import { buildEddsa } from "circomlibjs";
import { readFileSync } from "node:fs";

const eddsa = await buildEddsa();
const F = eddsa.babyJub.F;
const point = ([x, y]) => [F.e(x), F.e(y)];
const answers = JSON.parse(readFileSync(0, "utf8")).map(({ message, publicKey, r8, s }) =>
  eddsa.verifyPoseidon(F.e(message), { R8: point(r8), S: BigInt(s) }, point(publicKey)),
);
process.stdout.write(JSON.stringify(answers));
process.exit(0);
