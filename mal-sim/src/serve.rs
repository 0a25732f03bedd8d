//! The server: accepts connections, reads requests, lets the world answer and applies faults to the answer.

use std::convert::Infallible;
use std::future::{pending, poll_fn};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use hyper::service::service_fn;
use hyper::{Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::time::{Sleep, sleep};

use crate::clock::http_date;
use crate::exchange::{Answer, Request};
use crate::fault::Rule;
use crate::log::{self, Logged};
use crate::wire::{Limit, Plan, Shared, Then, Wire};
use crate::world::World;
use crate::{control_http, gzip};

/// The world as all connections and handles share it.
pub(crate) type Lock = Arc<Mutex<World>>;

/// Locks the world, also after a panic elsewhere.
pub(crate) fn locked(world: &Lock) -> MutexGuard<'_, World> {
    world.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Request bodies are read up to here; the rest is cut off.
const BODY_LIMIT: usize = 16 << 20;

/// Serves connections for ever.
pub(crate) async fn serve(listener: TcpListener, world: Lock) {
    loop {
        let Ok((socket, _)) = listener.accept().await else {
            // Out of file descriptors, most likely: they come back.
            sleep(Duration::from_millis(20)).await;
            continue;
        };
        let _ = socket.set_nodelay(true);
        let world = Arc::clone(&world);
        tokio::spawn(async move {
            let plan = Shared::default();
            let wire = TokioIo::new(Wire::new(socket, plan.clone()));
            let service = service_fn(|request| handle(Arc::clone(&world), plan.clone(), request));
            let mut http = hyper::server::conn::http1::Builder::new();
            // A broken connection is the client's news or the fault's aim: nothing to report here.
            let _ = http.auto_date_header(false).serve_connection(wire, service).await;
        });
    }
}

async fn handle(world: Lock, plan: Shared, incoming: hyper::Request<Incoming>) -> Result<Response<Pieces>, Infallible> {
    plan.set(Plan::default());
    let (head, body) = incoming.into_parts();
    let headers = head.headers.iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        (name.as_str().to_owned(), value)
    });
    let mut request = Request {
        method: head.method.as_str().to_owned(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: headers.collect(),
        body: Bytes::new(),
    };
    if control_http::is_control(&request.path) {
        request.body = read(body).await;
        let answer = control_http::answer(&mut locked(&world), &request);
        return Ok(response(&answer, Pieces::whole(answer.body.clone()), &world));
    }
    let number = arrived(&world, &request);
    request.body = read(body).await;
    Ok(answered(&world, &plan, &request, number).await)
}

/// Writes the request down before anything can go wrong with it.
fn arrived(world: &Lock, request: &Request) -> u64 {
    let mut world = locked(world);
    let at = world.clock.now();
    let row = Logged {
        at_ms: world.clock.elapsed().as_secs_f64() * 1000.0,
        at: at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
        method: request.method.clone(),
        path: request.path.clone(),
        query: request.query.clone(),
        params: log::object(request.params()),
        headers: log::joined(&request.headers),
        user: world.token_user(request),
        ..Logged::default()
    };
    world.log.add(row)
}

async fn answered(world: &Lock, plan: &Shared, request: &Request, number: u64) -> Response<Pieces> {
    let (mut answer, rule) = decide(world, request, number);
    let Some(rule) = rule else {
        note(world, number, Some(answer.status));
        compress(world, request, &mut answer);
        return response(&answer, Pieces::whole(answer.body.clone()), world);
    };
    sleep(rule.wait()).await;
    if rule.stall.and_then(crate::fault::After::bytes) == Some(0) {
        pending::<()>().await;
    }
    compress(world, request, &mut answer);
    let silent = rule.reset.and_then(crate::fault::After::bytes) == Some(0);
    note(world, number, (!silent).then_some(answer.status));
    plan.set(planned(&rule));
    adorn(&mut answer, &rule);
    let mut pieces = Pieces::whole(answer.body.clone());
    pieces.announced = !rule.chunked;
    pieces.step = rule.trickle.map(|trickle| (trickle.bytes, Duration::from_millis(trickle.every_ms)));
    response(&answer, pieces, world)
}

/// Under one lock: the body into the log, the rule used up, its calls made, the request taking effect or not.
fn decide(world: &Lock, request: &Request, number: u64) -> (Answer, Option<Rule>) {
    let mut world = locked(world);
    let form = request.form();
    let taken = world.faults.take(request);
    if let Some(row) = world.log.row(number) {
        if form.is_empty() {
            row.body = String::from_utf8_lossy(&request.body).into_owned();
        }
        row.form = log::object(form);
        row.fault = taken.as_ref().map(|(_, name)| name.clone());
    }
    let Some((rule, _)) = taken else {
        return (world.answer(request), None);
    };
    for call in &rule.control {
        control_http::call(&mut world, call);
    }
    let own = own_answer(&rule);
    let answer = if rule.takes_effect() { world.answer(request) } else { Answer::default() };
    (own.unwrap_or(answer), Some(rule))
}

/// The rule's own answer, if it has one.
fn own_answer(rule: &Rule) -> Option<Answer> {
    if let Some(size) = rule.gzip_bomb_bytes {
        let status = rule.status.unwrap_or(200);
        return Some(Answer::json(status, gzip::bomb(size)).with("content-encoding", "gzip"));
    }
    if let Some(to) = &rule.redirect {
        let mut answer = Answer::redirect(to);
        answer.status = rule.status.unwrap_or(307);
        return Some(answer);
    }
    match (rule.bytes(), rule.status) {
        (Some((bytes, kind)), status) => Some(Answer::typed(status.unwrap_or(200), kind, bytes)),
        (None, Some(status)) => Some(Answer::html(status, "")),
        (None, None) => rule.raw.is_some().then(|| Answer::html(200, "")),
    }
}

fn planned(rule: &Rule) -> Plan {
    let after = |after: Option<crate::fault::After>| after.and_then(crate::fault::After::bytes);
    let raw = rule.raw_bytes().map(Bytes::from);
    let (limit, then) = match (after(rule.reset), after(rule.stall), rule.cut_after_bytes) {
        (Some(bytes), _, _) => (Some(Limit::Answer(bytes)), Then::Reset),
        (None, Some(bytes), _) => (Some(Limit::Answer(bytes)), Then::Stall),
        (None, None, Some(bytes)) => (Some(Limit::Body(bytes)), Then::Close),
        (None, None, None) => (None, Then::Close),
    };
    Plan { limit, then, raw }
}

/// Sets and takes away headers as the rule says.
fn adorn(answer: &mut Answer, rule: &Rule) {
    for (name, value) in &rule.headers {
        let name = name.to_ascii_lowercase();
        answer.headers.retain(|(known, _)| *known != name);
        let values = match value {
            Value::Array(values) => values.clone(),
            Value::Null => vec![],
            value => vec![value.clone()],
        };
        for value in values {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            answer.headers.push((name.clone(), text));
        }
        answer.undated |= value.is_null() && name == "date";
    }
}

fn compress(world: &Lock, request: &Request, answer: &mut Answer) {
    let coded = answer.headers.iter().any(|(name, _)| name == "content-encoding");
    if coded || answer.body.len() < 256 || !locked(world).config.gzip || !request.takes_gzip() {
        return;
    }
    let packed = answer.gzip.take().unwrap_or_else(|| gzip::compress(&answer.body).into());
    answer.body = packed;
    answer.headers.push(("content-encoding".to_owned(), "gzip".to_owned()));
    answer.headers.push(("vary".to_owned(), "Accept-Encoding".to_owned()));
}

fn note(world: &Lock, number: u64, status: Option<u16>) {
    if let Some(row) = locked(world).log.row(number) {
        row.status = status;
    }
}

fn response(answer: &Answer, pieces: Pieces, world: &Lock) -> Response<Pieces> {
    let mut response = Response::new(pieces);
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let headers: &mut HeaderMap = response.headers_mut();
    if !answer.undated && answer.headers.iter().all(|(name, _)| name != "date") {
        let date = http_date(locked(world).clock.now());
        headers.extend(HeaderValue::from_str(&date).ok().map(|date| (hyper::header::DATE, date)));
    }
    for (name, value) in &answer.headers {
        let name = HeaderName::from_bytes(name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(value.as_bytes())) {
            headers.append(name, value);
        }
    }
    response
}

async fn read(mut body: Incoming) -> Bytes {
    let mut bytes = Vec::new();
    while bytes.len() < BODY_LIMIT {
        let frame = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await;
        let Some(Ok(frame)) = frame else { break };
        if let Ok(data) = frame.into_data() {
            bytes.extend_from_slice(&data);
        }
    }
    bytes.into()
}

/// A body, whole or in pieces with pauses between.
#[derive(Debug)]
struct Pieces {
    left: Bytes,
    /// Whether the length is announced.
    announced: bool,
    /// The size of a piece and the pause after it.
    step: Option<(usize, Duration)>,
    pause: Option<Pin<Box<Sleep>>>,
}

impl Pieces {
    fn whole(left: Bytes) -> Self {
        Self { left, announced: true, step: None, pause: None }
    }
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if let Some(pause) = &mut self.pause {
            std::task::ready!(pause.as_mut().poll(cx));
            self.pause = None;
        }
        if self.left.is_empty() {
            return Poll::Ready(None);
        }
        let most = self.left.len();
        let size = self.step.map_or(most, |(size, _)| size.min(most));
        self.pause = self.step.map(|(_, wait)| Box::pin(sleep(wait)));
        Poll::Ready(Some(Ok(Frame::data(self.left.split_to(size)))))
    }

    fn is_end_stream(&self) -> bool {
        self.announced && self.left.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        if self.announced { SizeHint::with_exact(self.left.len() as u64) } else { SizeHint::default() }
    }
}
