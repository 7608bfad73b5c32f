import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isObject } from '../../src/core/json.ts';

const SERVER = resolve(
  import.meta.dirname,
  '../../node_modules/yaml-language-server/bin/yaml-language-server',
);

/** A place as editors count: lines and characters from 0. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

/** An editor with yaml-language-server behind it, speaking the Language Server Protocol as editors do. */
export class Editor {
  readonly #server: ChildProcess;
  readonly #waiting = new Map<string, (value: unknown) => void>();
  #buffer = Buffer.alloc(0);
  #lastId = 0;

  constructor() {
    this.#server = spawn(process.execPath, [SERVER, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#server.stdout?.on('data', (chunk: Buffer) => this.#receive(chunk));
  }

  async open(): Promise<void> {
    const capabilities = { textDocument: { hover: { contentFormat: ['markdown'] } } };
    await this.#ask('initialize', { processId: process.pid, rootUri: null, capabilities });
    this.#send({ method: 'initialized', params: {} });
    const yaml = { schemaStore: { enable: false }, validate: true, hover: true, completion: true };
    this.#send({ method: 'workspace/didChangeConfiguration', params: { settings: { yaml } } });
  }

  close(): void {
    this.#server.kill();
  }

  /** Opens a file with this content, which need not be on the disk, and waits for what is wrong with it. */
  async show(file: string, text: string): Promise<{ message: string; line: number }[]> {
    const uri = pathToFileURL(file).href;
    const found = new Promise<unknown>((done) => this.#waiting.set(uri, done));
    const textDocument = { uri, languageId: 'yaml', version: 1, text };
    this.#send({ method: 'textDocument/didOpen', params: { textDocument } });
    const problems = (await found) as { message: string; range: { start: Position } }[];
    return problems.map(({ message, range }) => ({ message, line: range.start.line }));
  }

  async hover(file: string, position: Position): Promise<string> {
    return JSON.stringify(await this.#at('textDocument/hover', file, position));
  }

  async complete(file: string, position: Position): Promise<string[]> {
    const answer = await this.#at('textDocument/completion', file, position);
    const items = isObject(answer) && Array.isArray(answer.items) ? answer.items : [];
    return items.map(({ label }: { label: string }) => label);
  }

  #at(method: string, file: string, position: Position): Promise<unknown> {
    return this.#ask(method, { textDocument: { uri: pathToFileURL(file).href }, position });
  }

  #ask(method: string, params: object): Promise<unknown> {
    this.#lastId++;
    const id = this.#lastId;
    const answered = new Promise<unknown>((done) => this.#waiting.set(String(id), done));
    this.#send({ id, method, params });
    return answered;
  }

  #send(message: object): void {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    this.#server.stdin?.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  #receive(chunk: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    for (;;) {
      const header = /^Content-Length: (\d+)\r\n(?:.+\r\n)*\r\n/.exec(this.#buffer.toString('latin1'));
      if (header === null) return;
      const end = header[0].length + Number(header[1]);
      if (this.#buffer.length < end) return;
      this.#handle(JSON.parse(this.#buffer.subarray(header[0].length, end).toString('utf8')));
      this.#buffer = this.#buffer.subarray(end);
    }
  }

  #handle(message: { id?: number; method?: string; params?: unknown; result?: unknown }): void {
    const { id, method, params, result } = message;
    if (method === 'textDocument/publishDiagnostics') {
      const { uri, diagnostics } = params as { uri: string; diagnostics: unknown };
      this.#waiting.get(uri)?.(diagnostics);
    } else if (method !== undefined && id !== undefined) {
      // The server asks for settings that were sent already, or tells what it can do: nothing to say.
      this.#send({ id, result: null });
    } else if (id !== undefined) {
      this.#waiting.get(String(id))?.(result);
    }
  }
}
