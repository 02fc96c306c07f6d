package bench

import (
	"context"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
)

// Callers is how many goroutines a crowd has.
const Callers = 64

// Crowd is many goroutines that get a release through one client, over TLS and HTTP/1.1: with the transport that the
// client has by itself, connections are what it comes down to.
type Crowd struct {
	server *httptest.Server
	opened atomic.Int64
}

// NewCrowd starts the server. The directory must last as long: the certificate stands there, and the environment points
// to it, because a client that is left alone asks the system whom to trust. So nothing in the process may have used TLS
// before.
func NewCrowd(dir string) (*Crowd, error) {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		return nil, errors.New("this system's certificates can't be given by the environment")
	}
	c := &Crowd{server: httptest.NewUnstartedServer(Handler())}
	c.server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			c.opened.Add(1)
		}
	}
	c.server.Config.ErrorLog = log.New(io.Discard, "", 0) // clients may leave handshakes unfinished
	c.server.StartTLS()
	file := filepath.Join(dir, "certificate.pem")
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.server.Certificate().Raw})
	err := errors.Join(os.WriteFile(file, certificate, 0o644), os.Setenv("SSL_CERT_FILE", file))
	if err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// Close ends the server.
func (c *Crowd) Close() { c.server.Close() }

// Run makes calls until they are n, and tells how many connections they opened.
func (c *Crowd) Run(ctx context.Context, contender Contender, n int64) (opened int64, err error) {
	runner, err := contender.New(c.server.URL, nil)
	if err != nil {
		return 0, err
	}
	before := c.opened.Load()
	var done atomic.Int64
	var failure atomic.Pointer[error]
	var all sync.WaitGroup
	for range Callers {
		all.Go(func() {
			for done.Add(1) <= n && failure.Load() == nil {
				if err := get(ctx, runner); err != nil {
					failure.Store(&err)
				}
			}
		})
	}
	all.Wait()
	if err := failure.Load(); err != nil {
		return 0, *err
	}
	return c.opened.Load() - before, nil
}
