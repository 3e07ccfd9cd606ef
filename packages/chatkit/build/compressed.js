/** What a server sends of the element: beside each script the same as gzip, as small as gzip gets, and as Brotli. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { brotliCompressSync, gzipSync } from 'node:zlib';

/** Writes `NAME.gz` and `NAME.br` for every script in a folder and those below it. */
export async function compress(/** @type {string} */ folder) {
  // Not before it is needed: it takes hold of the process's unhandled errors, and shows them badly.
  const { gzipAsync } = await import('@gfx/zopfli');
  /** zlib wins now and then where there is next to nothing to compress. */
  const smallest = async (/** @type {Buffer} */ content) => {
    const packed = await gzipAsync(content, { numiterations: 50 });
    const plain = gzipSync(content, { level: 9 });
    return packed.length <= plain.length ? packed : plain;
  };
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  for (const name of names.filter((one) => one.endsWith('.js'))) {
    const content = readFileSync(`${folder}/${name}`);
    writeFileSync(`${folder}/${name}.gz`, await smallest(content));
    writeFileSync(`${folder}/${name}.br`, brotliCompressSync(content));
  }
}
