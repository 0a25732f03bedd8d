//! The byte stream of one connection. A fault can replace, truncate, stall or reset it.
//!
//! hyper does HTTP. This layer sits between hyper and the socket, because faults act below HTTP.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use hyper::body::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// How the bytes of the current response are sent.
#[derive(Debug, Default)]
pub(crate) struct ResponsePlan {
    /// Limit of the bytes still to be sent; `None` for all.
    pub(crate) limit: Option<ByteLimit>,
    /// What happens at the limit.
    pub(crate) at_limit: LimitAction,
    /// An interim response, sent before the response.
    pub(crate) interim: Option<Bytes>,
    /// Bytes sent instead of the response.
    pub(crate) raw: Option<Bytes>,
}

/// How many bytes may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ByteLimit {
    /// Counted from the first byte of the head.
    Response(u64),
    /// Counted from the first byte of the body.
    Body(u64),
}

/// What happens at the limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum LimitAction {
    /// The connection is closed.
    #[default]
    Close,
    /// The connection is reset.
    Reset,
    /// Nothing more is sent, and the connection stays open.
    Stall,
}

/// The plan shared by a connection and its requests.
#[derive(Clone, Debug, Default)]
pub(crate) struct SharedPlan(Arc<Mutex<ResponsePlan>>);

impl SharedPlan {
    /// Sets the plan for the current response.
    pub(crate) fn set(&self, plan: ResponsePlan) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = plan;
    }
}

/// A socket that sends according to a plan.
#[derive(Debug)]
pub(crate) struct FaultStream {
    socket: TcpStream,
    plan: SharedPlan,
}

impl FaultStream {
    pub(crate) fn new(socket: TcpStream, plan: SharedPlan) -> Self {
        Self { socket, plan }
    }

    fn end_stream(&self, action: LimitAction) -> Poll<io::Result<usize>> {
        match action {
            LimitAction::Stall => Poll::Pending,
            LimitAction::Close => Poll::Ready(Err(io::ErrorKind::BrokenPipe.into())),
            LimitAction::Reset => {
                self.socket.set_zero_linger()?;
                Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()))
            }
        }
    }

    fn write_planned(&mut self, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let plan = Arc::clone(&self.plan.0);
        let mut plan = plan.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(interim) = plan.interim.as_mut().filter(|interim| !interim.is_empty()) {
            let sent = ready!(Pin::new(&mut self.socket).poll_write(cx, interim))?;
            let _ = interim.split_to(sent);
        }
        while let Some(raw) = &mut plan.raw {
            if raw.is_empty() {
                return self.end_stream(plan.at_limit);
            }
            let sent = ready!(Pin::new(&mut self.socket).poll_write(cx, raw))?;
            let _ = raw.split_to(sent);
        }
        let remaining = match plan.limit {
            None => return Pin::new(&mut self.socket).poll_write(cx, buf),
            Some(ByteLimit::Response(remaining)) => remaining,
            Some(ByteLimit::Body(body)) => {
                // hyper writes the whole head first, in one piece.
                let head = buf.windows(4).position(|window| window == b"\r\n\r\n");
                head.map_or(0, |at| at as u64 + 4).saturating_add(body)
            }
        };
        if remaining == 0 {
            return self.end_stream(plan.at_limit);
        }
        let allowed = usize::try_from(remaining).unwrap_or(usize::MAX).min(buf.len());
        let sent = ready!(Pin::new(&mut self.socket).poll_write(cx, &buf[..allowed]))?;
        plan.limit = Some(ByteLimit::Response(remaining - sent as u64));
        Poll::Ready(Ok(sent))
    }
}

impl AsyncRead for FaultStream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_read(cx, buf)
    }
}

impl AsyncWrite for FaultStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.write_planned(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}
