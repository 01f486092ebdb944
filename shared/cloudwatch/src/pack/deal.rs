//! Round-robin dealing, which is never far from the minimum: in each round, each request gets one datapoint, largest
//! first.
//!
//! Whichever request gets which datapoint of a round, the numbers of datapoints differ by at most one, and the bytes by
//! at most the largest datapoint. The assignment within a round is therefore free to keep the datapoints of one metric
//! apart. That is an edge colouring of a bipartite graph: rounds and metrics are the vertices, a datapoint is an edge
//! from its round to its metric, and requests are the colours. As many colours suffice as the largest degree (Kőnig),
//! so that no request is added.

use std::collections::HashMap;

use super::need::Needs;

/// Assigns datapoints to as few requests as their bytes allow.
pub(super) fn deal(needs: &Needs) -> Vec<Vec<usize>> {
    let mut requests = needs.fewest();
    loop {
        let dealt = deal_to(needs, requests);
        let fits = |request: &Vec<usize>| {
            let bytes: usize = request.iter().map(|place| needs.data[*place].bytes).sum();
            bytes <= needs.room
        };
        if dealt.iter().all(fits) {
            return dealt;
        }
        requests += 1;
    }
}

fn deal_to(needs: &Needs, requests: usize) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..needs.data.len()).collect();
    order.sort_by_key(|place| std::cmp::Reverse(needs.data[*place].bytes));
    let mut table = Table::new(needs, &order, requests);
    let (wide, narrow): (Vec<usize>, Vec<usize>) = order
        .iter()
        .partition(|place| needs.wide[needs.data[**place].metric]);
    for place in wide {
        table.put_apart(place);
    }
    for place in narrow {
        let request = table.free_in_round(table.round_of[place]);
        table.put(place, request);
    }
    let mut dealt = vec![Vec::new(); requests];
    for (place, request) in table.request_of.iter().enumerate() {
        dealt[request.expect("every datapoint was dealt")].push(place);
    }
    dealt
}

/// The two sides of the bipartite graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Vertex {
    Round(usize),
    Metric(usize),
}

/// The assignment so far.
struct Table<'a> {
    needs: &'a Needs,
    requests: usize,
    round_of: Vec<usize>,
    request_of: Vec<Option<usize>>,
    /// Vertex and request → the datapoint with this request at the vertex.
    at: HashMap<(Vertex, usize), usize>,
    /// Round → a request below which none is free.
    taken_below: Vec<usize>,
}

impl<'a> Table<'a> {
    fn new(needs: &'a Needs, order: &[usize], requests: usize) -> Self {
        let mut round_of = vec![0; order.len()];
        for (turn, place) in order.iter().enumerate() {
            round_of[*place] = turn / requests;
        }
        Self {
            needs,
            requests,
            round_of,
            request_of: vec![None; order.len()],
            at: HashMap::new(),
            taken_below: vec![0; order.len().div_ceil(requests.max(1))],
        }
    }

    fn round(&self, place: usize) -> Vertex {
        Vertex::Round(self.round_of[place])
    }

    fn metric(&self, place: usize) -> Vertex {
        Vertex::Metric(self.needs.data[place].metric)
    }

    fn is_free(&self, vertex: Vertex, request: usize) -> bool {
        !self.at.contains_key(&(vertex, request))
    }

    fn first_free(&self, vertex: Vertex) -> usize {
        (0..self.requests)
            .find(|request| self.is_free(vertex, *request))
            .expect("a vertex has no more edges than there are requests, and this one is not among them yet")
    }

    fn free_in_round(&mut self, round: usize) -> usize {
        let vertex = Vertex::Round(round);
        let free = (self.taken_below[round]..self.requests)
            .find(|request| self.is_free(vertex, *request))
            .expect("a round has no more data than there are requests");
        self.taken_below[round] = free;
        free
    }

    fn put(&mut self, place: usize, request: usize) {
        self.request_of[place] = Some(request);
        self.at.insert((self.round(place), request), place);
        if self.needs.wide[self.needs.data[place].metric] {
            self.at.insert((self.metric(place), request), place);
        }
    }

    /// Assigns a datapoint to a request that neither its round nor its metric uses yet.
    fn put_apart(&mut self, place: usize) {
        let (round, metric) = (self.round(place), self.metric(place));
        // Starts at the round's number, so that rounds with datapoints of one metric rarely collide.
        let common = (0..self.requests)
            .map(|step| (self.round_of[place] + step) % self.requests)
            .find(|request| self.is_free(round, *request) && self.is_free(metric, *request));
        let request = common.unwrap_or_else(|| {
            let (of_round, of_metric) = (self.first_free(round), self.first_free(metric));
            self.swap_from(metric, of_round, of_metric);
            of_round
        });
        self.put(place, request);
    }

    /// Swaps two requests along the path that begins at `vertex` with `first`, which frees `first` there. The path
    /// never reaches the other end of the new edge: it arrives on that side by `first` alone, which is free there.
    fn swap_from(&mut self, vertex: Vertex, first: usize, second: usize) {
        let mut path = Vec::new();
        let (mut here, mut request) = (vertex, first);
        while let Some(place) = self.at.get(&(here, request)).copied() {
            path.push((place, request));
            here = if here == self.round(place) {
                self.metric(place)
            } else {
                self.round(place)
            };
            request = if request == first { second } else { first };
        }
        for (place, request) in &path {
            self.at.remove(&(self.round(*place), *request));
            self.at.remove(&(self.metric(*place), *request));
        }
        for (place, request) in path {
            self.put(place, if request == first { second } else { first });
        }
    }
}
