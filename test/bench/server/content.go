package main

import "io"

// content is the bytes of an object, in the pieces in which they came: a completed upload is its parts, as they are.
type content [][]byte

func (c content) size() int64 {
	size := int64(0)
	for _, piece := range c {
		size += int64(len(piece))
	}
	return size
}

// ReadAt makes it an io.ReaderAt.
func (c content) ReadAt(into []byte, at int64) (int, error) {
	read := 0
	for _, piece := range c {
		if at < int64(len(piece)) {
			read += copy(into[read:], piece[at:])
			at = int64(len(piece))
		}
		if read == len(into) {
			return read, nil
		}
		at -= int64(len(piece))
	}
	return read, io.EOF
}

// WriteTo sends all of it, without a buffer between.
func (c content) WriteTo(w io.Writer) (int64, error) {
	written := int64(0)
	for _, piece := range c {
		n, err := w.Write(piece)
		written += int64(n)
		if err != nil {
			return written, err
		}
	}
	return written, nil
}
