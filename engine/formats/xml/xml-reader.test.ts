import { describe, expect, it } from 'vitest';
import { XmlReader } from './xml-reader.ts';

const reader = (text: string) => new XmlReader(new TextEncoder().encode(text), 'a.xml');

function events(text: string): string[] {
  const xml = reader(text);
  const out: string[] = [];
  for (let event = xml.next(); event !== 'end'; event = xml.next()) {
    out.push(event === 'text' ? `text ${xml.text()}` : `${event} ${xml.name}`);
  }
  return out;
}

describe('XmlReader', () => {
  it('opens, closes and finds text', () => {
    expect(
      events(
        '<?xml version="1.0"?><!DOCTYPE a SYSTEM "a.dtd"><a x="1"><!-- <b> --><b/>t &lt;&#65;&#x42;<![CDATA[<&amp;]]></a>',
      ),
    ).toEqual(['open a', 'open b', 'close b', 'text t <AB', 'text <&amp;', 'close a']);
  });

  it('reads attributes as text and as numbers', () => {
    const xml = reader(`<m:a x = "-1.5e2" y=' 7 ' name="a &amp; b" bad="1x"/>`);
    xml.next();
    expect([xml.localName, xml.number('x'), xml.number('y'), xml.attribute('name')]).toEqual(['a', -150, 7, 'a & b']);
    expect([xml.number('bad'), xml.number('none'), xml.attribute('none')]).toEqual([Number.NaN, Number.NaN, null]);
  });

  it.each([
    ['<a><b></a></b>', /closes <b>/],
    ['<a><b></b>', /ends inside of <a>/],
    ['<a x="1', /closing quote/],
    ['<a x=1/>', /no quotes/],
    ['text', /outside of the root/],
    ['<!DOCTYPE a [<!ENTITY lol "lol">]><a>&lol;</a>', /declares entities/],
    ['<a>'.repeat(500), /nested more than/],
    ['<!-- never ends', /has no/],
  ])('refuses %s', (text, message) => {
    expect(() => events(text)).toThrow(message);
  });
});
