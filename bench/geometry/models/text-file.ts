/** Text that grows line by line, in pieces small enough for strings of any engine. */
export class TextFile {
  private readonly pieces: string[] = [];
  private lines: string[] = [];

  line(text: string): void {
    if (this.lines.push(text) === 65_536) this.flush();
  }

  bytes(): Uint8Array<ArrayBuffer> {
    this.flush();
    return new Uint8Array(Buffer.concat(this.pieces.map((piece) => Buffer.from(piece))));
  }

  private flush(): void {
    if (this.lines.length > 0) this.pieces.push(`${this.lines.join('\n')}\n`);
    this.lines = [];
  }
}
