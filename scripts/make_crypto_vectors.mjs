// Writes tests/crypto/crypto_vectors.json from circomlibjs: Poseidon, BabyJubJub and EdDSA.
import { writeFileSync } from "node:fs";
import { buildEddsa, buildPoseidonReference } from "circomlibjs";

const reference = await buildPoseidonReference();
const eddsa = await buildEddsa();
const curve = eddsa.babyJub;
const F = curve.F;
const text = (e) => F.toObject(e).toString();
const point = (p) => p.map(text);

const poseidon = [];
for (let arity = 1; arity <= 16; arity++) {
  for (const domain of [0, 1, 9]) {
    const inputs = Array.from({ length: arity }, (_, i) => BigInt(i + 1) ** 40n + BigInt(domain));
    const [out, next] = reference(inputs, domain, 2).map((e) => reference.F.toObject(e).toString());
    poseidon.push({ inputs: inputs.map((n) => (n % F.p).toString()), domain, out, next });
  }
}
const multiples = [1n, 2n, 12345n, curve.subOrder - 1n].map((k) => ({
  scalar: k.toString(), point: point(curve.mulPointEscalar(curve.Base8, k)),
}));
const signatures = [1, 2, 3].map((n) => {
  const key = Buffer.alloc(32, n);
  const message = F.e(BigInt(n) ** 99n + 7n);
  const { R8, S } = eddsa.signPoseidon(key, message);
  return { public: point(eddsa.prv2pub(key)), message: text(message), r8: point(R8), s: S.toString() };
});
writeFileSync(
  new URL("../tests/crypto/crypto_vectors.json", import.meta.url),
  JSON.stringify({ poseidon, multiples, signatures }, null, 1) + "\n",
);
process.exit(0);
