import { memoryWorkspace } from '../src/index.ts';
import { workspaceContract } from './workspace-contract.ts';

workspaceContract('in memory', () => memoryWorkspace());
