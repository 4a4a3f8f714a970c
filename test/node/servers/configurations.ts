/**
 * Configurations of the servers, as plain as can be. Each package host compresses whatever it may,
 * redirects `/package` to a signed URL, keeps a rate, and logs the status and the range of each
 * request.
 */

export interface HostPlan {
  /** Where everything of it is; `package.bin` is in `files` below it. */
  readonly folder: string;
  readonly port: number;
  readonly ranges: boolean;
  /** It speaks TLS: `server.pem` in the folder has the certificate and its key. */
  readonly secure: boolean;
  readonly log: string;
}

/** A query as stores of packages sign it. */
const SIGNED = `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=${"0123456789abcdef".repeat(110)}`;
/**
 * So that power fails in the middle of a package of some 400, also on a machine that is busy: nginx
 * gives what is due in a second at once.
 */
const KILOBYTES_PER_SECOND = 100;

function target({ port, secure }: HostPlan): string {
  return `${secure ? "https" : "http"}://localhost:${port}/files/package.bin?${SIGNED}`;
}

const ROOT = process.getuid?.() === 0;

export function nginx(plan: HostPlan): string {
  const { folder, port, ranges, secure, log } = plan;
  return `${ROOT ? "user root;" : ""}
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
events {}
http {
  log_format short '$status $http_range';
  access_log ${log} short;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  gzip on;
  gzip_types *;
  gzip_min_length 0;
  limit_rate ${KILOBYTES_PER_SECOND}k;
  ${ranges ? "" : "max_ranges 0;"}
  server {
    listen 127.0.0.1:${port}${secure ? " ssl" : ""};
    ${secure ? `ssl_certificate ${folder}/server.pem;` : ""}
    ${secure ? `ssl_certificate_key ${folder}/server.pem;` : ""}
    root ${folder};
    location = /package { return 302 "${target(plan)}"; }
  }
}
`;
}

const APACHE_MODULES = [
  "mpm_event",
  "authz_core",
  "alias",
  "deflate",
  "filter",
  "env",
  "ratelimit",
];
const APACHE_FOLDER = "/usr/lib/apache2/modules";

export function apache(plan: HostPlan): string {
  const { folder, port, ranges, secure, log } = plan;
  const modules = [...APACHE_MODULES, ...(secure ? ["ssl"] : [])];
  return `ServerRoot ${folder}
ServerName localhost
PidFile ${folder}/apache.pid
DefaultRuntimeDir ${folder}
${modules.map((name) => `LoadModule ${name}_module ${APACHE_FOLDER}/mod_${name}.so`).join("\n")}
${ROOT ? "User www-data\nGroup www-data" : ""}
Listen 127.0.0.1:${port}
ErrorLog ${folder}/error.log
LogFormat "%>s %{Range}i" short
CustomLog ${log} short
DocumentRoot ${folder}
<Directory ${folder}>
  Require all granted
  SetOutputFilter DEFLATE;RATE_LIMIT
  SetEnv rate-limit ${KILOBYTES_PER_SECOND}
</Directory>
${ranges ? "" : "MaxRanges none"}
Redirect 302 /package "${target(plan)}"
${secure ? "SSLEngine on" : ""}
${secure ? `SSLCertificateFile ${folder}/server.pem` : ""}
${secure ? `SSLCertificateKeyFile ${folder}/server.pem` : ""}
`;
}

export function lighttpd(plan: HostPlan): string {
  const { folder, port, ranges, secure, log } = plan;
  const modules = ["redirect", "deflate", "accesslog", ...(secure ? ["openssl"] : [])];
  return `server.modules = ( ${modules.map((name) => `"mod_${name}"`).join(", ")} )
server.document-root = "${folder}"
server.bind = "127.0.0.1"
server.port = ${port}
server.errorlog = "${folder}/error.log"
server.upload-dirs = ( "${folder}" )
accesslog.filename = "${log}"
accesslog.format = "%s %{Range}i"
deflate.mimetypes = ( "" )
deflate.allowed-encodings = ( "gzip", "deflate" )
connection.kbytes-per-second = ${KILOBYTES_PER_SECOND}
server.range-requests = "${ranges ? "enable" : "disable"}"
url.redirect = ( "^/package$" => "${target(plan)}" )
url.redirect-code = 302
${secure ? `ssl.engine = "enable"\nssl.pemfile = "${folder}/server.pem"` : ""}
`;
}

export interface ProxyPlan {
  readonly folder: string;
  readonly port: number;
  /** Where the DM server is, and where the package host is: `/package` leads there. */
  readonly dmPort: number;
  readonly hostPort: number;
  readonly log: string;
}

export function haproxy({ port, dmPort, hostPort, log }: ProxyPlan): string {
  return `defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  option forwardfor
frontend front
  bind 127.0.0.1:${port}
  use_backend dm if { path_beg /dm }
  default_backend packages
backend dm
  server dm 127.0.0.1:${dmPort}
backend packages
  server packages 127.0.0.1:${hostPort}
# ${log}
`;
}

/** A reverse proxy that caches. */
export function squid({ folder, port, dmPort, hostPort, log }: ProxyPlan): string {
  return `http_port 127.0.0.1:${port} accel defaultsite=localhost no-vhost
pid_filename ${folder}/squid.pid
cache_log ${folder}/cache.log
coredump_dir ${folder}
access_log stdio:${log}
cache_mem 16 MB
maximum_object_size_in_memory 4 MB
visible_hostname localhost
shutdown_lifetime 0 seconds
pinger_enable off
memory_cache_shared off
acl dm urlpath_regex ^/dm
cache_peer 127.0.0.1 parent ${dmPort} 0 no-query no-digest originserver name=dm
cache_peer 127.0.0.1 parent ${hostPort} 0 no-query no-digest originserver name=packages
cache_peer_access dm allow dm
cache_peer_access packages deny dm
cache deny dm
http_access allow all
never_direct allow all
`;
}
