//! The `mal-sim` command.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

struct RunningSim(Child);

impl Drop for RunningSim {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn sim_command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mal-sim"));
    command.args(args).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

#[test]
fn command_prints_its_addresses_and_serves_requests() {
    let args = ["--users", "ann,ben", "--entries", "7", "--auto-consent", "--consent-user", "ben"];
    let mut running = RunningSim(sim_command(&args).spawn().unwrap());
    let mut line = String::new();
    BufReader::new(running.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let words: Vec<&str> = line.split_whitespace().collect();
    let (api, auth, control) = (words[3], words[5], words[7]);
    let base = api.strip_suffix("/v2").unwrap();
    assert_eq!(auth, format!("{base}/v1/oauth2"));
    assert_eq!(control, format!("{base}/_control"));
    let mut socket = TcpStream::connect(base.strip_prefix("http://").unwrap()).unwrap();
    write!(socket, "GET /_control HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    let mut response = String::new();
    socket.read_to_string(&mut response).unwrap();
    assert!(response.contains(r#""consent":{"auto":true,"user":"ben""#), "{response}");
    assert!(response.contains(r#""entries":7"#), "{response}");
}

#[test]
fn startup_errors_are_printed_to_stderr() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    for (args, expected) in [
        (vec!["--port", &port], "cannot listen on 127.0.0.1:"),
        (vec!["--consent-user", "nobody"], "there is no user \"nobody\""),
        (vec!["--faults", "/no/such/file"], "cannot read /no/such/file"),
        (vec!["--access-lifetime", "soon"], "not a length of time"),
    ] {
        let output = sim_command(&args).output().unwrap();
        assert!(!output.status.success(), "{args:?}");
        assert!(output.stdout.is_empty());
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(stderr.contains(expected), "{stderr}");
    }
}
