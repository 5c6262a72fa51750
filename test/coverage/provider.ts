import { readFileSync } from 'node:fs';
import path from 'node:path';
import v8 from '@vitest/coverage-v8';
import { V8CoverageProvider } from '@vitest/coverage-v8/dist/provider.js';
import type { CoverageProviderModule, ReportContext } from 'vitest/node';
import { keepOwnScripts } from './child-coverage.ts';
import { judge, type LinesOf } from './judge.ts';

type CoverageMap = ReturnType<V8CoverageProvider['createCoverageMap']>;

const built = /\/packages\/[^/]+\/dist\/.+\.js$/u;

/**
 * Vitest's coverage of what tests import, and beside it of what processes and threads that they start
 * run of `dist`, by way of its source maps.
 */
class Provider extends V8CoverageProvider {
  override isIncluded(file: string, root?: string): boolean {
    return built.test(file) || super.isIncluded(file, root);
  }

  override async transformFile(...args: Parameters<V8CoverageProvider['transformFile']>) {
    const [file, , , byVite] = args;
    if (byVite || !built.test(file)) return super.transformFile(...args);
    const map = JSON.parse(readFileSync(`${file}.map`, 'utf8'));
    return { code: readFileSync(file, 'utf8'), map };
  }

  override async generateCoverage(context: ReportContext): Promise<CoverageMap> {
    const coverage = await super.generateCoverage(context);
    coverage.filter((file) => super.isIncluded(file));
    return coverage;
  }

  override async generateReports(coverage: CoverageMap, allTestsRun?: boolean): Promise<void> {
    await super.generateReports(coverage, allTestsRun);
    const { config, logger, state } = this.ctx;
    const lines: LinesOf = new Map(
      coverage.files().map((file) => {
        const found = coverage.fileCoverageFor(file);
        const { total, covered } = found.toSummary().lines;
        const missed = found.getUncoveredLines().map(Number);
        return [path.relative(config.root, file), { total, covered, missed }];
      }),
    );
    const { report, faults } = judge(lines);
    for (const line of report) logger.log(line);
    const all = await this.ctx.globTestSpecifications([]);
    if (config.testNamePattern !== undefined || state.getTestModules().length < all.length) return;
    for (const fault of faults) logger.error(fault);
    if (faults.length > 0) process.exitCode = 1;
  }
}

export default {
  startCoverage: (options) => v8.startCoverage?.(options),
  takeCoverage: async (options) => {
    if (v8.extendedContextCoverageDir !== undefined) {
      await keepOwnScripts(v8.extendedContextCoverageDir);
    }
    return v8.takeCoverage?.(options);
  },
  stopCoverage: (options) => v8.stopCoverage?.(options),
  getProvider: () => new Provider(),
} satisfies CoverageProviderModule;
