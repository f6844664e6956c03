// benchserver answers S3 requests (path style) from memory, as fast as it can, so that the client is what a benchmark
// measures. It checks no signature and keeps nothing, unless it is told to: bodies of PUTs are hashed and dropped.
//
//	benchserver -addr 127.0.0.1:9100 [-latency 20ms] [-big 536870912] [-keys 20000] [-store]
//
// Downloads of Google's JSON API are answered too, at /storage/v1/b/bench/o/, with their checksum in x-goog-hash.
//
// Objects, the same in every bucket: `small/<anything>` (4 KiB), `big/<checksum>` (-big bytes, with the checksum that the
// name says: md5, crc32, crc32c, crc64nvme, none), and -keys keys below `list/`. `/__stats` counts.
package main

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"flag"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

type server struct {
	latency                           time.Duration
	small, big                        *object
	listing                           *listing
	buckets                           *buckets
	requests, preflights, connections atomic.Int64
}

func main() {
	addr := flag.String("addr", "127.0.0.1:9100", "listen address")
	latency := flag.Duration("latency", 0, "added to every request")
	big := flag.Int64("big", 512<<20, "size of big/*")
	keys := flag.Int("keys", 20000, "keys below list/")
	store := flag.Bool("store", false, "keep what is put, and nothing else")
	flag.Parse()

	s := &server{latency: *latency, small: newObject(4096), big: newObject(*big), listing: newListing(*keys)}
	if *store {
		s.buckets = newBuckets()
	}
	listener, err := net.Listen("tcp", *addr)
	if err != nil {
		log.Fatal(err)
	}
	count := func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			s.connections.Add(1)
		}
	}
	log.Fatal((&http.Server{Handler: s, ConnState: count}).Serve(listener))
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/__stats" {
		s.stats(w)
		return
	}
	s.requests.Add(1)
	if s.latency > 0 {
		time.Sleep(s.latency)
	}
	header := w.Header()
	header.Set("Access-Control-Allow-Origin", "*")
	if r.Method == http.MethodOptions {
		s.preflights.Add(1)
		header.Set("Access-Control-Allow-Methods", "GET, HEAD, PUT")
		header.Set("Access-Control-Allow-Headers", r.Header.Get("Access-Control-Request-Headers"))
		header.Set("Access-Control-Max-Age", "600")
		w.WriteHeader(http.StatusNoContent)
		return
	}
	header.Set("Access-Control-Expose-Headers", "ETag, Content-Range, Content-Encoding, Accept-Ranges, Last-Modified, x-amz-checksum-crc32c")
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.EscapedPath(), "/"), "/")
	if _, object, isGoogle := strings.Cut(key, "v1/b/bench/o/"); isGoogle {
		key = object
	}
	key, _ = url.PathUnescape(key)
	switch {
	case s.buckets != nil:
		s.buckets.serve(w, r, bucket, key)
	case key == "" && r.Method == http.MethodGet:
		s.listing.serve(w, r.URL.Query())
	case r.Method == http.MethodPut:
		take(w, r)
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		s.send(w, r, key)
	default:
		refuse(w, r, http.StatusNotImplemented, "NotImplemented", key)
	}
}

// send gives an object or a range of it.
func (s *server) send(w http.ResponseWriter, r *http.Request, key string) {
	kind, name, _ := strings.Cut(key, "/")
	switch kind {
	case "small":
		s.small.serve(w, r, "md5")
	case "big":
		s.big.serve(w, r, name)
	default:
		refuse(w, r, http.StatusNotFound, "NoSuchKey", key)
	}
}

// take reads a PUT to its end and says its MD5.
func take(w http.ResponseWriter, r *http.Request) {
	sum := md5.New()
	if _, err := io.Copy(sum, r.Body); err != nil {
		return
	}
	w.Header().Set("ETag", `"`+hex.EncodeToString(sum.Sum(nil))+`"`)
	w.Header().Set("Content-Length", "0")
	w.WriteHeader(http.StatusOK)
}

func refuse(w http.ResponseWriter, r *http.Request, status int, code, key string) {
	body, _ := xml.Marshal(struct {
		XMLName xml.Name `xml:"Error"`
		Code    string
		Key     string
	}{Code: code, Key: key})
	w.Header().Set("Content-Type", "application/xml")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body)
	}
}

func (s *server) stats(w http.ResponseWriter) {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	w.Header().Set("Access-Control-Allow-Origin", "*")
	_ = json.NewEncoder(w).Encode(map[string]any{
		"requests":    s.requests.Load(),
		"preflights":  s.preflights.Load(),
		"connections": s.connections.Load(),
		"cpuSeconds":  float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9,
	})
}
