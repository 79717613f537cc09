//! TLS by rustls: certificate and key from PEM files, read again when asked.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;

use crate::settings::{SettingsError, TlsFiles};

/// The files, and what was last read of them.
pub struct Tls {
    files: TlsFiles,
    current: Mutex<Arc<ServerConfig>>,
}

impl Tls {
    /// Reads the files for the first time; here a fault is an error.
    pub fn open(files: &TlsFiles) -> Result<Tls, SettingsError> {
        let current = Mutex::new(read(files)?);
        Ok(Tls { files: files.clone(), current })
    }

    /// What takes the next connection.
    pub fn acceptor(&self) -> TlsAcceptor {
        Arc::clone(&self.current.lock().unwrap_or_else(PoisonError::into_inner)).into()
    }

    /// Reads the files again, for connections to come. Where they do not hold, the last good ones
    /// stay in service. Blocks on the disk.
    pub fn reload(&self) {
        match read(&self.files) {
            Ok(config) => {
                *self.current.lock().unwrap_or_else(PoisonError::into_inner) = config;
                tracing::info!("the certificate was read again");
            }
            Err(error) => tracing::error!("{error}; the certificate before it stays in service"),
        }
    }
}

fn read(files: &TlsFiles) -> Result<Arc<ServerConfig>, SettingsError> {
    let bad = |path: &Path, error: &dyn std::fmt::Display| {
        SettingsError(format!(
            "TLS: {}: {error}: it has to be PEM that this user may read",
            path.display()
        ))
    };
    let TlsFiles { cert, key } = files;
    let chain = CertificateDer::pem_file_iter(cert).map_err(|error| bad(cert, &error))?;
    let chain: Vec<_> = chain.collect::<Result<_, _>>().map_err(|error| bad(cert, &error))?;
    if chain.is_empty() {
        return Err(bad(cert, &"there is no certificate in it"));
    }
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|error| bad(key, &error))?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, secret))
        .map_err(|error| {
            SettingsError(format!("TLS: {} and {}: {error}", cert.display(), key.display()))
        })?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
