import { openApiDocument } from '#contracts/rest/openapi.ts';
import { PUBLIC_API } from '#contracts/rest/public-api.ts';
import { API_VERSION } from '#contracts/rest/version.ts';
import { methodOf, type OpenApiOperation } from './python-method.ts';
import { PythonTypes, type Schema } from './python-types.ts';

/** Where the Python client lies. */
export const PYTHON_CLIENT = 'clients/python/maquette';

/** The files of the Python client that are generated, by their names in `PYTHON_CLIENT`. */
export function pythonClient(): Record<string, string> {
  const document = JSON.parse(JSON.stringify(openApiDocument(PUBLIC_API, API_VERSION))) as Schema;
  const components = (document.components as { schemas: Record<string, Schema> }).schemas;
  const types = new PythonTypes(components);
  const paths = document.paths as Record<string, Record<string, OpenApiOperation>>;
  const methods = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) =>
      methodOf(types, components, method.toUpperCase(), path, operation),
    ),
  );
  const note = '# Generated from the OpenAPI document by `npm run docs`: change contracts/rest in place of it.';
  return {
    'models.py': [
      '"""What requests and answers hold."""',
      '',
      note,
      '',
      'from __future__ import annotations',
      '',
      'from typing import Any, Dict, List, Literal, Optional, TypedDict, Union',
      '\n',
      String(types),
    ].join('\n'),
    'client.py': [
      '"""The operations of the API."""',
      '',
      note,
      '',
      'from __future__ import annotations',
      '',
      'from typing import Any, Dict, Iterator, List, Literal, Optional, Sequence, Union',
      'from urllib.parse import quote',
      '',
      'from . import models',
      'from .transport import TUS, Download, File, Transport',
      '\n',
      'def _path(value: Any) -> str:',
      '    return quote(str(value), safe="")',
      '\n',
      'class Client(Transport):',
      '    """A client of one server, in the name of one key. Methods raise ``MaquetteError``."""',
      '',
      methods.join('\n'),
    ].join('\n'),
  };
}
