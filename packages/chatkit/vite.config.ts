/** The playground (`npm run dev`): every page in dev/, with live reload. The builds are in build/. */
import { defineConfig } from 'vite';

export default defineConfig({
  root: 'dev',
  server: { host: '127.0.0.1', port: 5173 },
});
