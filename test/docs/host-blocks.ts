/** Blocks for Node: type-checked against the packages as they are built, and run. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Block, root } from './blocks.ts';
import type { Ended, World } from './world.ts';

const nameOf = ({ page, line }: Block) => `${page.replaceAll(/\W+/gu, '-')}-${line}`;
const folderOf = (world: World) => path.join(world.folder, 'host');

/** Writes the blocks as modules that are given what they say, beside the packages. */
export function writeHostBlocks(world: World, blocks: readonly Block[]): void {
  const folder = folderOf(world);
  mkdirSync(folder, { recursive: true });
  symlinkSync(path.join(root, 'test/node_modules'), path.join(folder, 'node_modules'));
  const tsconfig = {
    extends: path.join(root, 'tsconfig.json'),
    compilerOptions: {
      typeRoots: [path.join(root, 'node_modules/@types')],
      noUnusedLocals: false,
      allowImportingTsExtensions: true,
    },
    include: ['*.ts'],
    exclude: [],
  };
  writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  const given = JSON.stringify(path.join(root, 'test/docs/given.ts'));
  for (const block of blocks) {
    const names = block.detail === '' ? '' : `import { ${block.detail} } from ${given};`;
    writeFileSync(path.join(folder, `${nameOf(block)}.ts`), `${names} export {};\n${block.text}\n`);
    // What a block leaves open, such as the sandbox that it is given, does not keep the process.
    const main = `await import('./${nameOf(block)}.ts');\nprocess.exit();\n`;
    writeFileSync(path.join(folder, `${nameOf(block)}.run.mjs`), main);
  }
}

/** Type-checks all blocks at once; what the compiler says, with the names of the blocks' pages. */
export function checkHostBlocks(world: World): Promise<Ended> {
  return world.shell(`tsc -p '${folderOf(world)}'`);
}

export function runHostBlock(world: World, block: Block): Promise<Ended> {
  return world.shell(`node '${path.join(folderOf(world), nameOf(block))}.run.mjs'`);
}

/** What the comments behind `console.log(…);` say that is printed. */
export function saidByComments({ text }: Block): string[] {
  return [...text.matchAll(/^console\.log\(.*\); \/\/ (.+)$/gmu)].map(([, said = '']) => said);
}
