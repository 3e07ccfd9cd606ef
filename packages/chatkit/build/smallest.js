/** A build step: what the bundler put together is made as short as terser can; the bundler's own way is a percent longer. */
import { minify } from 'terser';
import { minifySync } from 'vite';

/** @returns {import('vite').Plugin} */
export function smallest() {
  return {
    name: 'smallest',
    async renderChunk(code) {
      const shorter = minifySync('chunk.js', code, { module: true, compress: { target: 'es2022' } }).code;
      const result = await minify(shorter, {
        module: true,
        ecma: 2022,
        // Expressions without `this` become arrows; unsafe where one is made with `new`, and none is.
        compress: { passes: 3, unsafe_arrows: true },
        format: { comments: false },
      });
      return { code: result.code ?? code, map: null };
    },
  };
}
