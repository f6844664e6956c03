// Where the browsers are and how they are started: programs, arguments, environment.
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { aptInstall } from './apt.mjs';

const find = (...paths) => paths.find((path) => path && existsSync(path));

// Nothing that phones home, asks, or throttles a page nobody looks at.
const firefoxPrefs = {
  'app.normandy.enabled': false,
  'app.update.enabled': false,
  'browser.aboutwelcome.enabled': false,
  'browser.newtabpage.enabled': false,
  'browser.safebrowsing.update.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.homepage_override.mstone': 'ignore',
  'datareporting.policy.dataSubmissionEnabled': false,
  'dom.min_background_timeout_value': 4,
  'extensions.systemAddon.update.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'data:,#remote-settings-dummy/v1',
  'toolkit.telemetry.reportingpolicy.firstRun': false,
};

const chromiumFlags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
].concat(['--disable-component-update', '--disable-sync', '--disable-background-timer-throttling', '--disable-renderer-backgrounding']);

/** WebKitGTK has these features, but switched off. */
const webkitFeatures = [
  'FileSystem',
  'FileSystemWritableStream',
  'StorageAPI',
  'StorageAPIEstimate',
  'AccessHandle',
  'ReadableByteStreamAPI',
];

/** The browsers by name; `args(url, home)` may write into the empty folder `home`, which is the browser's own. */
export const browsers = {
  chromium: {
    packages: ['chromium'],
    program: () => find(process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome'),
    args: (url, home) => [...chromiumFlags, `--user-data-dir=${join(home, 'profile')}`, url],
  },
  firefox: {
    packages: ['firefox-esr'],
    program: () => find(process.env.FIREFOX, '/usr/bin/firefox-esr', '/usr/bin/firefox'),
    args: (url, home) => {
      const lines = Object.entries(firefoxPrefs).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`);
      writeFileSync(join(home, 'user.js'), lines.join(''));
      return ['--headless', '--no-remote', '--profile', home, url];
    },
  },
  webkit: {
    packages: ['webkit2gtk-driver', 'xvfb'],
    program: () =>
      find(process.env.WEBKIT, ...['x86_64', 'aarch64'].map((arch) => `/usr/lib/${arch}-linux-gnu/webkit2gtk-4.1/MiniBrowser`)),
    // Not under --automation: that session forgets everything, and so has no OPFS.
    args: (url) => [`--features=${webkitFeatures.map((name) => `+${name}`).join()}`, url],
    env: { JSC_useSharedArrayBuffer: '1', LANG: 'en_US.UTF-8' },
    needsDisplay: true,
  },
};

/** Installs missing browsers where that may be done. An engine that is absent all the same is reported when the suite comes to it. */
export async function installBrowsers({ log = console.log } = {}) {
  const missing = Object.values(browsers).filter((browser) => !browser.program());
  const packages = new Set(missing.flatMap((browser) => browser.packages));
  if (!process.env.DISPLAY && !existsSync('/usr/bin/Xvfb')) packages.add('xvfb');
  if (!packages.size) return;
  const reason = await aptInstall([...packages], { log });
  if (reason) log(`browsers not installed: ${reason}`);
}
