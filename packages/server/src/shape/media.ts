import { isJsonObject, type JsonValue } from '@org/core';

/** An image or a sound as MCP carries it. */
export interface MediaBlock {
  readonly type: 'image' | 'audio';
  /** Base64. */
  readonly data: string;
  readonly mimeType: string;
}

export interface MediaBounds {
  readonly blocks: number;
  /** Of the base64 of all blocks. */
  readonly characters: number;
}

const mediaBounds: MediaBounds = Object.freeze({ blocks: 10, characters: 4_000_000 });

export interface TakenMedia {
  /** With a short object in the place of each block. */
  readonly value: JsonValue;
  readonly blocks: readonly MediaBlock[];
}

/** Takes the images and sounds out of `value`, in their order; those beyond the bounds are told of. */
export function takeMedia(value: JsonValue, bounds: MediaBounds = mediaBounds): TakenMedia {
  const blocks: MediaBlock[] = [];
  let left = bounds.characters;
  const place = (block: MediaBlock): JsonValue => {
    const { type, mimeType, data } = block;
    const bytes = Math.floor((data.replace(/=+$/, '').length * 3) / 4);
    if (blocks.length >= bounds.blocks || data.length > left) {
      return { type, mimeType, bytes, shown: 'no: too many or too large' };
    }
    left -= data.length;
    blocks.push(block);
    return { type, mimeType, bytes, shown: `as ${type} ${blocks.length} of this answer` };
  };
  const walk = (part: JsonValue): JsonValue => {
    if (typeof part !== 'object' || part === null) return part;
    const block = mediaBlock(part);
    if (block !== undefined) return place(block);
    if (!isJsonObject(part)) {
      const items = part.map(walk);
      return items.some((item, index) => item !== part[index]) ? items : part;
    }
    const members = Object.entries(part).map(([key, member]) => [key, walk(member)] as const);
    return members.some(([key, member]) => member !== part[key])
      ? Object.fromEntries(members)
      : part;
  };
  return { value: walk(value), blocks };
}

function mediaBlock(part: JsonValue): MediaBlock | undefined {
  if (!isJsonObject(part)) return undefined;
  const own = (key: string) => (Object.hasOwn(part, key) ? part[key] : undefined);
  const [type, data, mimeType] = [own('type'), own('data'), own('mimeType')];
  if (type !== 'image' && type !== 'audio') return undefined;
  if (typeof data !== 'string' || typeof mimeType !== 'string') return undefined;
  const isMedia = new RegExp(`^${type}/[a-z0-9.+-]{1,64}$`, 'i').test(mimeType);
  return isMedia && isBase64(data) ? { type, data, mimeType } : undefined;
}

function isBase64(text: string): boolean {
  return text.length > 0 && text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text);
}
