//! What the server hands to others: a mail server and a program, both on this machine.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use mainstay_fetch::MailServer;
use mainstay_server::Post;

use crate::notices::{World, released};
use crate::server::Server;

/// A mail server that takes everything and gives it to the test: the envelope, and the letter.
fn mail_server() -> (u16, Receiver<(String, String)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (tell, told) = channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            if tell.send(take_letter(stream.unwrap())).is_err() {
                return;
            }
        }
    });
    (port, told)
}

fn take_letter(mut stream: TcpStream) -> (String, String) {
    let mut lines = BufReader::new(stream.try_clone().unwrap());
    let (mut envelope, mut letter) = (String::new(), String::new());
    stream.write_all(b"220 mail.test\r\n").unwrap();
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line).unwrap() == 0 {
            break;
        }
        let answer = match line.get(..4).unwrap_or_default() {
            "EHLO" => "250-mail.test\r\n250 8BITMIME\r\n",
            "MAIL" | "RCPT" => {
                envelope.push_str(&line);
                "250 ok\r\n"
            }
            "DATA" => {
                stream.write_all(b"354 go on\r\n").unwrap();
                loop {
                    let mut line = String::new();
                    lines.read_line(&mut line).unwrap();
                    if line == ".\r\n" {
                        break;
                    }
                    letter.push_str(&line);
                }
                "250 taken\r\n"
            }
            "QUIT" => {
                let _ = stream.write_all(b"221 bye\r\n");
                break;
            }
            _ => "500 what\r\n",
        };
        stream.write_all(answer.as_bytes()).unwrap();
    }
    (envelope, letter)
}

#[test]
fn letters_leave_by_a_mail_server_with_a_head_that_nobody_can_break() {
    let (port, letters) = mail_server();
    let address = format!("smtp://127.0.0.1:{port}");
    let way = Post::Server(MailServer::parse(&address, None).unwrap());
    let world = World::new(Server::start_with(|_| way));
    world.contact(&world.grid, "grid", "mail", "csirt@grid.example");
    let mut isac = world.server.signed_in(&world.isac);
    let title = ("title", "Störung: =?utf-8?Q?x?=");
    released(&mut isac, &[title, ("text", ".\nGrüße\n.")]);
    let (envelope, letter) = loop {
        // Letters about accounts come by the same way.
        let (envelope, letter) = letters.recv().unwrap();
        if envelope.contains("csirt@grid.example") {
            break (envelope, letter);
        }
    };
    assert_eq!(envelope, "MAIL FROM:<mainstay@localhost>\r\nRCPT TO:<csirt@grid.example>\r\n");
    let (head, body) = letter.split_once("\r\n\r\n").unwrap();
    assert!(head.is_ascii() && head.contains("\r\nSubject: =?utf-8?B?"), "{head}");
    assert!(head.contains("\r\nMessage-ID: <dlv_") && head.contains("Auto-Submitted:"), "{head}");
    assert!(body.is_ascii() && head.contains("base64"), "{letter}");
}

#[test]
fn a_webhook_is_called_with_a_signature_and_not_where_it_leads() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (tell, told) = channel();
    thread::spawn(move || {
        let answers = ["302 Found\r\nLocation: /elsewhere", "200 OK"];
        for (stream, answer) in listener.incoming().zip(answers) {
            let mut stream = BufReader::new(stream.unwrap());
            let (mut head, mut length) = (String::new(), 0);
            loop {
                let mut line = String::new();
                stream.read_line(&mut line).unwrap();
                if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
                if line == "\r\n" {
                    break;
                }
                head.push_str(&line);
            }
            let mut body = vec![0; length];
            stream.read_exact(&mut body).unwrap();
            let reply =
                format!("HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            stream.get_mut().write_all(reply.as_bytes()).unwrap();
            tell.send((head, String::from_utf8(body).unwrap())).unwrap();
        }
    });
    let world = World::new(Server::start());
    let there = format!("http://127.0.0.1:{port}/hook");
    world.contact(&world.grid, "grid", "webhook", &there);
    let mut isac = world.server.signed_in(&world.isac);
    let path = released(&mut isac, &[]);
    let (head, body) = told.recv().unwrap();
    assert!(head.starts_with("POST /hook "), "{head}");
    let head = head.to_ascii_lowercase();
    for name in ["webhook-id: dlv_", "webhook-timestamp: 17", "webhook-signature: v1a,"] {
        assert!(head.contains(name), "{name}: {head}");
    }
    let body: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body["data"]["to"], "grid");
    // A redirect is an answer, and no way on: the next call is that of another notice.
    let second = released(&mut isac, &[]);
    let (next, _) = told.recv().unwrap();
    assert!(next.starts_with("POST /hook "), "{next}");
    let failed = isac.get(&path).body;
    assert!(failed.contains("redirects are not followed"), "{failed}");
    let listener = std::time::Instant::now();
    while !isac.get(&second).body.contains("sent") {
        assert!(listener.elapsed().as_secs() < 60, "it was not noted as sent");
        thread::yield_now();
    }
}
