/** Records what is said, in the first of the formats that the browser has (protocol.md §15). */

const FORMATS = ['audio/webm;codecs=opus', 'audio/ogg;codecs=opus', 'audio/mp4'];

/** Enough for speech: four minutes fit into a request. */
const BITS_PER_SECOND = 24_000;
/** Bytes at which recording ends by itself: as Base64 they are a little less than the body that a server takes. */
const MOST = 740_000;

export type Recording = { readonly audio: Blob; readonly mimeType: string };

export class Recorder {
  readonly #pieces: Blob[] = [];
  readonly #recorder: MediaRecorder;
  readonly #mimeType: string;
  #size = 0;
  #isOver = false;

  /** Resolves when it has been stopped, or has become too long; rejects if the browser cannot go on. */
  readonly finished: Promise<Recording>;

  private constructor(private readonly stream: MediaStream) {
    const mimeType = FORMATS.find((one) => MediaRecorder.isTypeSupported(one));
    const format = mimeType === undefined ? {} : { mimeType };
    this.#recorder = new MediaRecorder(stream, { ...format, audioBitsPerSecond: BITS_PER_SECOND });
    this.#mimeType = mimeType ?? this.#recorder.mimeType;
    this.finished = new Promise((resolve, reject) => {
      this.#recorder.ondataavailable = ({ data }) => {
        this.#pieces.push(data);
        this.#size += data.size;
        if (this.#size > MOST) this.stop();
      };
      this.#recorder.onstop = () => {
        this.#letGo();
        const mimeType = this.#mimeType;
        resolve({ audio: new Blob(this.#pieces, { type: mimeType }), mimeType });
      };
      this.#recorder.onerror = (event) => {
        this.#letGo();
        reject((event as Event & { error?: Error }).error ?? new Error('The recording broke off.'));
      };
    });
    this.#recorder.start(1000);
  }

  /**
   * Asks for the microphone, and begins.
   *
   * @throws what the browser says: `NotAllowedError`, `NotFoundError`, …
   */
  static async start(): Promise<Recorder> {
    return new Recorder(await navigator.mediaDevices.getUserMedia({ audio: true }));
  }

  /** Whether there is a way to record here at all: pages that are not served securely have none. */
  static get isPossible(): boolean {
    return 'MediaRecorder' in globalThis && 'mediaDevices' in navigator;
  }

  stop(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#recorder.state !== 'inactive') this.#recorder.stop();
    this.#letGo();
  }

  /** The sign that the browser shows for an open microphone goes. */
  #letGo(): void {
    for (const track of this.stream.getTracks()) track.stop();
  }
}

/** The bytes of a recording, as they are sent. */
export function base64Of(audio: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve((reader.result as string).replace(/^.*?base64,/, ''));
    reader.onerror = () => reject(reader.error ?? new Error('The recording could not be read.'));
    reader.readAsDataURL(audio);
  });
}
