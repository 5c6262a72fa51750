import { parseVfsPath } from '@org/core';
import { generateGlobals } from '../../codegen/src/index.ts';
import { createFileSystem, type VirtualFileSystem } from '../../vfs/src/index.ts';

/** A file system with the globals only. */
export function bareFiles(): VirtualFileSystem {
  const files = createFileSystem();
  files.publish(new Map([[parseVfsPath('/mcp-tools/globals.d.ts'), generateGlobals()]]));
  return files;
}
