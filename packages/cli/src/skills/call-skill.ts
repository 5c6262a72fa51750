import {
  type CallOptions,
  parseSkillId,
  SandboxError,
  type ServerId,
  type ToolCall,
  type ToolCallOutcome,
  toCallError,
} from '@org/core';
import type { ActingPorts } from '@org/runs';
import type { RunOptions, Sandbox } from '@org/wasm-runtime';
import { plainLine } from '../plain-text.ts';
import type { ToolboxView } from '../toolbox-view.ts';
import { declaredTools } from './declared-tools.ts';
import { requireProgram } from './skill-command.ts';
import { filesOfSkill, openSkillProgram } from './skill-program.ts';
import { skillsServer } from './skill-wrappers.ts';

/** Skills that call skills. */
const maxNesting = 8;

export interface SkillCaller {
  readonly toolbox: Pick<ToolboxView, 'skills' | 'bridge' | 'files'>;
  readonly sandbox: Sandbox;
  /** Files, state and limits of the run that skills are called from. Left out: the sandbox's. */
  readonly of?: Pick<RunOptions, 'files' | 'state' | 'search' | 'limits'>;
  /** Which skills may be called. Left out: all that are trusted. */
  readonly mayRun?: (name: string) => boolean;
  /** Of a program that is planned, or whose plan is carried out: what it acts on. */
  readonly planned?: PlannedCaller;
}

interface PlannedCaller {
  readonly acting: ActingPorts;
  /** From which those of its skills follow. */
  readonly seed: string;
  readonly startTime: number;
}

/**
 * Runs a skill for a program: in a sandbox of its own, with the tools that it has declared. Only
 * trusted versions are run, and nobody is asked. Never rejects.
 */
async function callSkill(
  { tool, paramsJson }: ToolCall,
  { signal, onSent, context }: Pick<CallOptions, 'signal' | 'onSent' | 'context'>,
  caller: SkillCaller,
  nesting = 1,
): Promise<ToolCallOutcome> {
  try {
    if (nesting > maxNesting) {
      const message = `The skill ${tool} cannot be called: ${maxNesting} skills call each other.`;
      throw new SandboxError('NOT_ALLOWED', message);
    }
    const { toolbox, sandbox } = caller;
    const store = toolbox.skills;
    if (caller.mayRun?.(tool) === false) {
      throw new SandboxError('NOT_ALLOWED', `The skill ${plainLine(tool)} may not be used here.`);
    }
    const skill = requireProgram(await store.read(parseSkillId(tool)));
    if (!(await store.isTrusted(skill))) {
      throw new SandboxError('SKILL_NOT_TRUSTED', `The skill ${skill.id} is not trusted.`, {
        hint: `The user can trust it with mcp-cli skill load ${skill.id} --trust-skill.`,
      });
    }
    const planned = plannedWithin(caller.planned, skill.id, context?.callId);
    const files = filesOfSkill(skill, planned?.acting.files ?? toolbox.files);
    const { program } = await openSkillProgram(sandbox, skill, files);
    const own = { ...caller, ...(planned && { planned }) };
    const tools = declaredTools(skill, serversOf(own, nesting + 1), {
      strict: false,
      onDrift: () => {},
    });
    // What it calls may take effect, so it is not taken back any more.
    onSent?.();
    const outcome = await sandbox.run(program, {
      ...caller.of,
      ...(planned && { state: planned.acting.state, ...planned.acting.timing }),
      ...(planned && { seed: planned.seed, startTime: planned.startTime }),
      ...{ files, args: JSON.parse(paramsJson), tools, signal },
    });
    if (outcome.status === 'returned') {
      return { status: 'done', json: JSON.stringify(outcome.value), cached: false };
    }
    const why = 'error' in outcome ? outcome.error.message : outcome.status;
    throw new SandboxError(
      'TOOL_FAILED',
      `The skill ${skill.id} ended as ${outcome.status}: ${why}`,
    );
  } catch (error) {
    const refused = error instanceof SandboxError && refusals.includes(error.code);
    return { status: refused ? 'refused' : 'failed', error: toCallError(error) };
  }
}

const refusals: readonly string[] = ['NOT_ALLOWED', 'SKILL_NOT_TRUSTED'];

/** The same program with the same plan has the same skills called with the same seeds. */
function plannedWithin(
  planned: PlannedCaller | undefined,
  skill: string,
  callId = 0,
): PlannedCaller | undefined {
  return (
    planned && {
      acting: planned.acting.within(`${skillsServer}.${skill}`, callId),
      seed: `${planned.seed}/${callId}`,
      startTime: planned.startTime,
    }
  );
}

/** The bridge, with skills as the tools of one more server. */
export function serversOf(caller: SkillCaller, nesting = 1) {
  const { bridge } = caller.toolbox;
  const own = caller.planned?.acting.tools ?? bridge;
  const isTaken = bridge.servers.some((id) => id === skillsServer);
  return {
    tellsSent: true as const,
    servers: isTaken ? bridge.servers : [...bridge.servers, skillsServer],
    catalog: (server: ServerId) => bridge.catalog(server),
    callTool: (call: ToolCall, options: CallOptions) =>
      call.server === skillsServer && !isTaken
        ? callSkill(call, options, caller, nesting)
        : own.callTool(call, options),
  };
}
