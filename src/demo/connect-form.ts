/**
 * `<anyfile-connect>`: URL and credentials. Secrets are taken out of their fields as soon as they are handed on.
 *
 * @module
 */
import { cacheFields, type CacheChoice } from './cache-choice.ts';
import type { Access, ConnectValues } from './connection.ts';
import { h, newId } from './dom.ts';

type Field = Exclude<keyof ConnectValues, 'access' | keyof CacheChoice>;

const accessNames: Record<Access, string> = {
  keys: 'Access key',
  token: 'Bearer token',
  signer: 'Remote signer',
  public: 'Public, no key',
};

const secrets: Record<Access, Field[]> = {
  keys: ['accessKeyId', 'secretAccessKey', 'sessionToken'],
  token: ['accessToken'],
  signer: ['signerUrl', 'signerToken'],
  public: [],
};

/**
 * What a URL leaves to choose, the usual first, and which fields it needs.
 *
 * @param wanted what is chosen, if the URL knows it
 */
export function fieldsFor(url: string, wanted: Access): { choices: Access[]; access: Access; fields: Field[] } {
  const protocol = /^\s*([\w+.-]+):\/\//.exec(url)?.[1]?.toLowerCase() ?? 's3';
  let choices: Access[] = ['keys', 'signer', 'public'];
  let fields: Field[] = ['url', 'endpoint', 'region'];
  if (protocol === 'gs') {
    choices = ['keys', 'token', 'public'];
    fields = ['url', 'endpoint'];
  } else if (protocol === 'http' || protocol === 'https') {
    choices = ['public', 'token'];
    fields = ['url'];
  } else if (protocol === 'opfs' || protocol === 'mem') {
    choices = ['public'];
    fields = ['url'];
  }
  const access = choices.includes(wanted) ? wanted : choices[0]!;
  return { choices, access, fields: [...fields, ...secrets[access]] };
}

interface FieldSetup {
  label: string;
  hint?: string;
  type?: 'password';
  placeholder?: string;
  required?: boolean;
}

const setups: Record<Field, FieldSetup> = {
  url: {
    label: 'URL',
    placeholder: 's3://bucket/folder/',
    required: true,
    hint: 's3://bucket/folder/ · gs://bucket/file.csv · https://host/file.json · opfs:/// for this browser’s own disk',
  },
  endpoint: { label: 'Endpoint', placeholder: 'the provider’s own', hint: 'For MinIO, R2 and other services' },
  region: { label: 'Region', placeholder: 'us-east-1' },
  accessKeyId: { label: 'Access key ID', required: true },
  secretAccessKey: { label: 'Secret access key', type: 'password', required: true },
  sessionToken: { label: 'Session token', type: 'password', placeholder: 'of temporary keys' },
  signerUrl: {
    label: 'Signer',
    placeholder: 'https://app.example/sign',
    required: true,
    hint: 'Your server’s createSignerHandler: it signs, and no key comes here',
  },
  signerToken: { label: 'Its bearer token', type: 'password', placeholder: 'where it wants one' },
  accessToken: { label: 'Access token', type: 'password', required: true, hint: 'gcloud auth print-access-token prints one' },
};

const names = Object.keys(setups) as Field[];

/** The element. */
export class ConnectForm extends HTMLElement {
  /** The form was sent. */
  onConnect: ((values: ConnectValues) => void) | undefined;
  private wanted: Access = 'keys';
  private readonly cache: ReturnType<typeof cacheFields> = cacheFields();
  private readonly inputs: Record<Field, HTMLInputElement> = Object.fromEntries(names.map((name) => [name, input(name)])) as Record<
    Field,
    HTMLInputElement
  >;
  private readonly boxes: Record<Field, HTMLElement> = Object.fromEntries(
    names.map((name) => [name, box(name, this.inputs[name])]),
  ) as Record<Field, HTMLElement>;
  private readonly radios: HTMLInputElement[] = Object.keys(accessNames).map((value) =>
    h('input', { type: 'radio', name: 'access', value, checked: value === 'keys' }),
  );
  private readonly choice: HTMLElement = h(
    'fieldset',
    { class: 'choice' },
    h('legend', {}, 'Credentials'),
    ...this.radios.map((radio) =>
      // before the form hears of it and draws itself anew
      h('label', { oninput: () => (this.wanted = radio.value as Access) }, radio, accessNames[radio.value as Access]),
    ),
  );

  connectedCallback(): void {
    if (this.firstChild) return;
    const { url, ...others } = this.boxes;
    const privacy =
      'Requests are signed in this page. Keys stay in its memory and are forgotten with it; prefer temporary keys that can only read.';
    const form = h(
      'form',
      { autocomplete: 'off', 'aria-label': 'Connect' },
      url,
      this.choice,
      h('div', { class: 'fields' }, ...Object.values(others)),
      this.cache.box,
      h('div', { class: 'bar' }, h('button', { type: 'submit', class: 'primary' }, 'Connect'), h('p', { class: 'note' }, privacy)),
    );
    form.oninput = () => this.update();
    form.onsubmit = (event) => {
      event.preventDefault();
      const values = this.values();
      this.forget();
      this.onConnect?.(values);
    };
    this.append(form);
    this.update();
  }

  /** Fill in what is no secret. */
  preset(values: Partial<Omit<ConnectValues, 'secretAccessKey' | 'sessionToken' | 'accessToken' | 'signerToken'>>): void {
    for (const name of names) if (name in values) this.inputs[name].value = values[name as keyof typeof values] ?? '';
    this.wanted = values.access ?? this.wanted;
    this.update();
  }

  private values(): ConnectValues {
    const url = this.inputs.url.value;
    const { access, fields } = fieldsFor(url, this.wanted);
    const values: ConnectValues = { url, access, ...this.cache.choice() };
    for (const name of fields) values[name] = this.inputs[name].value.trim();
    return values;
  }

  /** Empty every field that may hold a secret: also a query, which may be a signature. */
  private forget(): void {
    for (const name of names) if (setups[name].type) this.inputs[name].value = '';
    const { url } = this.inputs;
    if (/^\s*https?:/i.test(url.value)) url.value = url.value.replace(/[?#].*$/s, '');
  }

  private update(): void {
    const { choices, access, fields } = fieldsFor(this.inputs.url.value, this.wanted);
    this.choice.hidden = choices.length === 1;
    this.cache.box.hidden = /^\s*(opfs|mem):/i.test(this.inputs.url.value);
    for (const radio of this.radios) {
      radio.checked = radio.value === access;
      radio.closest('label')!.hidden = !choices.includes(radio.value as Access);
    }
    for (const name of names) {
      const used = fields.includes(name);
      this.boxes[name].hidden = !used;
      this.inputs[name].required = used && setups[name].required === true;
    }
  }
}

function input(name: Field): HTMLInputElement {
  const { type = 'text', placeholder } = setups[name];
  return h('input', {
    type,
    name,
    id: newId(),
    placeholder,
    autocomplete: 'off',
    autocapitalize: 'off',
    spellcheck: 'false',
    inputmode: /^(url|endpoint|signerUrl)$/.test(name) ? 'url' : undefined,
  });
}

function box(name: Field, field: HTMLInputElement): HTMLElement {
  const { label, hint } = setups[name];
  const said = hint && h('small', { id: newId() }, hint);
  if (said) field.setAttribute('aria-describedby', said.id);
  return h('div', { class: 'field' }, h('label', { for: field.id }, label), field, said);
}
