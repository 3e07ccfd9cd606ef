/** The playground (`npm run dev`): every page in dev/, with live reload. The builds are in build/. */
import { defineConfig } from 'vite';
import { shortJsx } from './build/shortJsx.js';
import { wordsInParts } from './build/wordsInParts.js';

export default defineConfig({
  root: 'dev',
  plugins: [shortJsx(), wordsInParts()],
  server: { host: '127.0.0.1', port: 5173 },
});
