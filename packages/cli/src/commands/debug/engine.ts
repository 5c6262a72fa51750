import { machine } from '../../debug/machine.ts';
import { McpCommand } from '../../mcp-command.ts';
import { jsonText } from '../../plain-text.ts';

/** A program whose fuel is the same wherever this engine runs. */
const probe = 'let n = 0; for (let i = 0; i < 1000; i++) n += i; return n';

export default class DebugEngine extends McpCommand {
  static override underWay = 'measuring';

  static override summary = 'Report the engine: digest, and what a fixed program used in it.';

  static override description =
    `For a bug report. The fuel of the fixed program is the same on every machine that has this engine.

Exit codes: 0 reported, 1 the engine does not work, 2 wrong usage, 130 interrupted.`;

  static override examples = [
    { description: 'Report it:', command: '<%= config.bin %> <%= command.id %>' },
  ];

  async run(): Promise<object> {
    await this.parse(DebugEngine);
    const { createSandbox } = await import('@org/wasm-runtime');
    const started = performance.now();
    await using sandbox = await createSandbox({ workers: 1 });
    const ready = performance.now();
    const { status, usage } = await sandbox.run(probe, { seed: 'debug', startTime: 0 });
    const ms = (from: number, to: number) => Math.round(to - from);
    const { fuel, memoryBytes } = usage;
    const report = {
      ...machine(this.config.version),
      engine: sandbox.engineDigest,
      probe: { status, fuel, memoryBytes, ms: ms(ready, performance.now()) },
      readyMs: ms(started, ready),
    };
    this.log(jsonText(report));
    return report;
  }
}
