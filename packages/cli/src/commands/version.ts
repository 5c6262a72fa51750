import { McpCommand } from '../mcp-command.ts';

interface VersionDocument {
  readonly name: string;
  readonly version: string;
  /** `linux-x64` */
  readonly platform: string;
  /** `v26.10.0` */
  readonly node: string;
}

/** What `--version --json` is turned into: oclif answers `--version` itself, and with text alone. */
export default class Version extends McpCommand {
  static override hidden = true;
  static override underWay = undefined;
  static override summary = 'Show the version.';

  async run(): Promise<VersionDocument> {
    await this.parse(Version);
    const { name, version, platform, arch, userAgent } = this.config;
    this.log(userAgent);
    return { name, version, platform: `${platform}-${arch}`, node: process.version };
  }
}
