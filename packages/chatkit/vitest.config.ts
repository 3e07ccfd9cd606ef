/** Unit tests. The rooms that must not touch the DOM run where there is none. */
import { defineConfig } from 'vitest/config';
import { shortJsx } from './build/shortJsx.js';
import { wordsInParts } from './build/wordsInParts.js';

const withoutDom = ['src/{protocol,transport,state}/**/*.test.ts', 'src/client.test.ts', 'build/*.test.ts'];

export default defineConfig({
  plugins: [shortJsx(), wordsInParts()],
  test: {
    projects: [
      { extends: true, test: { name: 'node', environment: 'node', include: withoutDom } },
      {
        extends: true,
        test: {
          name: 'dom',
          css: true,
          environment: 'happy-dom',
          include: ['src/**/*.test.{ts,tsx}'],
          exclude: withoutDom,
        },
      },
    ],
  },
});
