//! Servers at the other end of a connection: one that records requests, one with a full backlog, and a TLS proxy with
//! a certificate of the test's choice.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use rustls::{
    ServerConfig, ServerConnection,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};

/// Accepts connections and records the first bytes of each.
pub(crate) struct ConnectionRecorder {
    pub(crate) address: SocketAddr,
    received: Arc<Mutex<Vec<String>>>,
}

impl ConnectionRecorder {
    /// Creates a recorder that closes each connection.
    pub(crate) fn new() -> Self {
        Self::with_handler(|_| ())
    }

    /// Creates a recorder that calls a handler with each connection, after reading its first bytes.
    pub(crate) fn with_handler(then: impl Fn(TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let received = Arc::new(Mutex::new(Vec::new()));
        let (noted, then) = (Arc::clone(&received), Arc::new(then));
        thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let (noted, then) = (Arc::clone(&noted), Arc::clone(&then));
                thread::spawn(move || {
                    let mut bytes = vec![0; 65_536];
                    let read = stream.read(&mut bytes).unwrap_or(0);
                    noted.lock().unwrap().push(String::from_utf8_lossy(&bytes[..read]).into_owned());
                    then(stream);
                });
            }
        });
        Self { address, received }
    }

    /// Returns the first bytes of each connection so far. [`start_tls_proxy`] records more for each.
    pub(crate) fn received(&self) -> Vec<String> {
        self.received.lock().unwrap().clone()
    }
}

/// A port with a full backlog: new connections wait. It stays full until the value is dropped.
pub(crate) struct FullBacklogServer {
    pub(crate) address: SocketAddr,
    _listener: TcpListener,
    _waiting: Vec<TcpStream>,
}

impl FullBacklogServer {
    pub(crate) fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let listener = runtime.block_on(async {
            let socket = tokio::net::TcpSocket::new_v4().unwrap();
            socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
            socket.listen(1).unwrap().into_std().unwrap()
        });
        let address = listener.local_addr().unwrap();
        let mut waiting = Vec::new();
        while let Ok(stream) = TcpStream::connect_timeout(&address, Duration::from_millis(500)) {
            assert!(waiting.len() < 100, "the backlog does not fill up");
            waiting.push(stream);
        }
        Self { address, _listener: listener, _waiting: waiting }
    }
}

/// Creates certificates in a folder with the `openssl` program.
pub(crate) struct TestCertificateAuthority<'a>(pub(crate) &'a Path);

impl TestCertificateAuthority<'_> {
    fn run_openssl(&self, line: &str) {
        let made = Command::new("openssl").args(line.split(' ')).current_dir(self.0).output();
        let made = made.expect("the tests need the openssl program (Debian: openssl)");
        assert!(made.status.success(), "openssl {line}: {}", String::from_utf8_lossy(&made.stderr));
    }

    /// Creates the authority. Returns the file with its certificate.
    pub(crate) fn create(&self) -> PathBuf {
        self.run_openssl(&format!("req -x509 {NEW_KEY_ARGS} -keyout ca.key -out ca.pem -subj /CN=tests -days 2"));
        self.0.join("ca.pem")
    }

    /// Issues a certificate for this name that is valid for this many days. Returns certificate and key.
    pub(crate) fn issue_certificate(&self, name: &str, days: i32) -> (PathBuf, PathBuf) {
        std::fs::write(self.0.join("san"), format!("subjectAltName={name}\nbasicConstraints=CA:FALSE\n")).unwrap();
        self.run_openssl(&format!("req {NEW_KEY_ARGS} -keyout leaf.key -out leaf.csr -subj /CN=leaf"));
        let by = "-CA ca.pem -CAkey ca.key -CAcreateserial -extfile san";
        self.run_openssl(&format!("x509 -req -in leaf.csr {by} -days {days} -out leaf.pem"));
        (self.0.join("leaf.pem"), self.0.join("leaf.key"))
    }

    /// Creates a self-signed certificate for 127.0.0.1.
    pub(crate) fn create_self_signed(&self) -> (PathBuf, PathBuf) {
        let name = "-subj /CN=leaf -addext subjectAltName=IP:127.0.0.1 -addext basicConstraints=CA:FALSE";
        self.run_openssl(&format!("req -x509 {NEW_KEY_ARGS} -keyout own.key -out own.pem {name} -days 2"));
        (self.0.join("own.pem"), self.0.join("own.key"))
    }
}

const NEW_KEY_ARGS: &str = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";

/// Starts a server that terminates TLS with this certificate and forwards one HTTP exchange per connection. Records an
/// empty text for each connection, and then the head of its request.
pub(crate) fn start_tls_proxy(server: SocketAddr, (certificate, key): &(PathBuf, PathBuf)) -> ConnectionRecorder {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let chain = vec![CertificateDer::from_pem_file(certificate).unwrap()];
    let key = PrivateKeyDer::from_pem_file(key).unwrap();
    let config = Arc::new(ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let recorder = ConnectionRecorder { address: listener.local_addr().unwrap(), received: Arc::default() };
    let heard = Arc::clone(&recorder.received);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            heard.lock().unwrap().push(String::new());
            let (heard, config) = (Arc::clone(&heard), Arc::clone(&config));
            thread::spawn(move || proxy_exchange(stream, config, server, &heard));
        }
    });
    recorder
}

fn proxy_exchange(stream: TcpStream, config: Arc<ServerConfig>, server: SocketAddr, heard: &Mutex<Vec<String>>) {
    let mut tls = rustls::StreamOwned::new(ServerConnection::new(config).unwrap(), stream);
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        match tls.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            // A client that rejects the certificate is gone here.
            _ => return,
        }
    }
    let head = String::from_utf8(head).unwrap();
    heard.lock().unwrap().push(head.clone());
    let mut behind = TcpStream::connect(server).unwrap();
    behind.write_all(head.replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n").as_bytes()).unwrap();
    let mut answer = Vec::new();
    behind.read_to_end(&mut answer).unwrap();
    let _ = tls.write_all(&answer);
    tls.conn.send_close_notify();
    let _ = tls.flush();
}
