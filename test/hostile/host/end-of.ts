import { SandboxError } from '@org/core';

/** What `work` gives, or the code with which it is refused; and all that was said about it. */
export async function endOf(
  work: () => Promise<unknown>,
): Promise<{ readonly end: unknown; readonly text: string }> {
  try {
    const end = await work();
    return { end, text: JSON.stringify(end) };
  } catch (error) {
    if (!(error instanceof SandboxError)) {
      return { end: (error as NodeJS.ErrnoException).code, text: '' };
    }
    return { end: error.code, text: `${error.message} ${error.hint}` };
  }
}
