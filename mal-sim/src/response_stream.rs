//! The bytes of one connection, which a fault can replace, cut off, hold back or end with a reset.
//!
//! HTTP is left to hyper; this sits between it and the socket, because what a fault breaks is below HTTP.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use hyper::body::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// What becomes of the bytes of the answer under way.
#[derive(Debug, Default)]
pub(crate) struct ResponsePlan {
    /// How many may still go out; `None` for all.
    pub(crate) limit: Option<ByteLimit>,
    /// What happens then.
    pub(crate) at_limit: LimitAction,
    /// These bytes go out in place of the answer's.
    pub(crate) raw: Option<Bytes>,
}

/// How many bytes may go out.
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
    /// Nothing, for ever.
    Stall,
}

/// A plan that the connection and its requests share.
#[derive(Clone, Debug, Default)]
pub(crate) struct SharedPlan(Arc<Mutex<ResponsePlan>>);

impl SharedPlan {
    /// Sets the plan for the answer under way.
    pub(crate) fn set(&self, plan: ResponsePlan) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = plan;
    }
}

/// A socket under a plan.
#[derive(Debug)]
pub(crate) struct FaultStream {
    socket: TcpStream,
    plan: SharedPlan,
}

impl FaultStream {
    pub(crate) fn new(socket: TcpStream, plan: SharedPlan) -> Self {
        Self { socket, plan }
    }

    fn end_stream(&self, then: LimitAction) -> Poll<io::Result<usize>> {
        match then {
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
        while let Some(raw) = &mut plan.raw {
            if raw.is_empty() {
                return self.end_stream(plan.at_limit);
            }
            let sent = ready!(Pin::new(&mut self.socket).poll_write(cx, raw))?;
            let _ = raw.split_to(sent);
        }
        let left = match plan.limit {
            None => return Pin::new(&mut self.socket).poll_write(cx, buf),
            Some(ByteLimit::Response(left)) => left,
            Some(ByteLimit::Body(body)) => {
                // hyper writes the whole head first, in one piece.
                let head = buf.windows(4).position(|four| four == b"\r\n\r\n");
                head.map_or(0, |at| at as u64 + 4).saturating_add(body)
            }
        };
        if left == 0 {
            return self.end_stream(plan.at_limit);
        }
        let most = usize::try_from(left).unwrap_or(usize::MAX).min(buf.len());
        let sent = ready!(Pin::new(&mut self.socket).poll_write(cx, &buf[..most]))?;
        plan.limit = Some(ByteLimit::Response(left - sent as u64));
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
