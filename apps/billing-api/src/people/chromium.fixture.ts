import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { waitFor } from '#testing';

/** One page of a real browser. */
export interface TestPage {
  /** Runs the text of an async function body in the page, and returns what it returns. */
  run(body: string): Promise<unknown>;
  /** Calls a method of the DevTools protocol on the page. */
  call(method: string, params?: object): Promise<Readonly<Record<string, unknown>>>;
  stop(): Promise<void>;
}

const pagesSchema = z.array(z.object({ webSocketDebuggerUrl: z.string() }));
const messageSchema = z.object({
  id: z.number().optional(),
  result: z.record(z.string(), z.unknown()).optional(),
  error: z.object({ message: z.string() }).optional(),
});
const resultSchema = z.object({ value: z.unknown() });

type Message = z.infer<typeof messageSchema>;

/** Opens a URL in Chromium without a window. */
export async function openPage(url: string): Promise<TestPage> {
  const folder = await mkdtemp(join(tmpdir(), 'chromium-'));
  const child = spawn(
    'chromium',
    // The sandbox needs another user than root, and the container's /dev/shm is small.
    [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--no-first-run',
      '--remote-debugging-port=0',
      `--user-data-dir=${folder}`,
      'about:blank',
    ],
    { stdio: 'ignore' },
  );
  const port = await waitFor(() => readFile(join(folder, 'DevToolsActivePort'), 'utf8').catch(() => undefined), {
    describe: 'Chromium listens',
  });
  const list = await fetch(`http://127.0.0.1:${port.split('\n')[0] ?? ''}/json/list`);
  const [page] = pagesSchema.parse(await list.json());
  const socket = new WebSocket(page?.webSocketDebuggerUrl ?? '');
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', reject);
  });
  const call = caller(socket);
  await call('Page.enable');
  // The page is only a place with our origin: it has no scripts, and its policy allows none.
  await call('Page.setBypassCSP', { enabled: true });
  await call('Page.navigate', { url });
  const run = async (body: string): Promise<unknown> => {
    const expression = `(async () => { ${body} })()`;
    const { result, exceptionDetails } = await call('Runtime.evaluate', {
      expression,
      awaitPromise: true,
      returnByValue: true,
      userGesture: true,
    });
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
    return resultSchema.parse(result).value;
  };
  await waitFor(async () => (await run('return location.href + document.readyState')) === `${url}complete`, {
    describe: 'the page is open',
  });
  return {
    run,
    call,
    stop: async () => {
      socket.close();
      child.kill();
      await once(child, 'exit');
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function caller(socket: WebSocket): TestPage['call'] {
  const waiting = new Map<number, (message: Message) => void>();
  let last = 0;
  socket.addEventListener('message', ({ data }) => {
    const message = messageSchema.parse(JSON.parse(String(data)));
    if (message.id !== undefined) waiting.get(message.id)?.(message);
  });
  return async (method, params = {}) => {
    last += 1;
    const id = last;
    const { result, error } = await new Promise<Message>((resolve) => {
      waiting.set(id, resolve);
      socket.send(JSON.stringify({ id, method, params }));
    });
    waiting.delete(id);
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result ?? {};
  };
}
