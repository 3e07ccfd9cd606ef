/** In which format is recorded where a browser has only some; e2e/test_dictation.py records for real. */
import { afterEach, expect, test, vi } from 'vitest';
import { Recorder } from './recorder';

afterEach(() => {
  vi.unstubAllGlobals();
});

const track = { stop: vi.fn() };

/** A browser that records in these formats; what its recorders were made with. */
function given(formats: readonly string[]) {
  const made: MediaRecorderOptions[] = [];
  class Stub {
    static isTypeSupported = (type: string) => formats.includes(type);
    state = 'recording';
    mimeType: string;
    ondataavailable?: (event: { data: Blob }) => void;
    onstop?: () => void;
    start = () => undefined;
    constructor(_: MediaStream, options: MediaRecorderOptions) {
      made.push(options);
      this.mimeType = options.mimeType ?? 'audio/of-the-browser';
    }
    stop() {
      this.state = 'inactive';
      this.ondataavailable?.({ data: new Blob(['words']) });
      this.onstop?.();
    }
  }
  vi.stubGlobal('MediaRecorder', Stub);
  vi.stubGlobal('navigator', { mediaDevices: { getUserMedia: async () => ({ getTracks: () => [track] }) } });
  return made;
}

test.each([
  ['audio/webm;codecs=opus', ['audio/mp4', 'audio/ogg;codecs=opus', 'audio/webm;codecs=opus']],
  ['audio/ogg;codecs=opus', ['audio/mp4', 'audio/ogg;codecs=opus']],
  ['audio/mp4', ['audio/mp4']],
])('records %s in a browser with %j', async (wanted, formats) => {
  const made = given(formats);
  const recorder = await Recorder.start();
  recorder.stop();
  const { audio, mimeType } = await recorder.finished;
  expect([made[0]!.mimeType, mimeType, audio.type]).toEqual([wanted, wanted, wanted]);
  expect(await audio.text()).toBe('words');
  expect(track.stop).toHaveBeenCalled();
});

test('a browser with none of them records as it likes, and says how', async () => {
  const made = given([]);
  const recorder = await Recorder.start();
  recorder.stop();
  expect(made[0]).not.toHaveProperty('mimeType');
  expect((await recorder.finished).mimeType).toBe('audio/of-the-browser');
});
