/** Unit tests. The rooms that must not touch the DOM run where there is none. */
import { defineConfig } from 'vitest/config';

const withoutDom = ['src/{protocol,transport,state}/**/*.test.ts', 'src/client.test.ts'];

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'node', environment: 'node', include: withoutDom } },
      {
        test: {
          name: 'dom',
          css: true,
          environment: 'happy-dom',
          include: ['src/**/*.test.{ts,tsx}', 'build/**/*.test.ts'],
          exclude: withoutDom,
        },
      },
    ],
  },
});
