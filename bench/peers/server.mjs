// node server.mjs DATA.json PORT: Mercurius with graphql-jit over the rows of DATA, for bench/. Prints "ready" when it listens.
// DATA: {projects, images, flavors, servers, volumes}; a server names its project, image and flavor by projectId, imageId, flavorId.
import { readFileSync } from 'node:fs';
import Fastify from 'fastify';
import mercurius from 'mercurius';

const [file, port] = process.argv.slice(2);
const data = JSON.parse(readFileSync(file, 'utf8'));

const byId = (rows) => new Map(rows.map((row) => [row.id, row]));
const grouped = (rows, key) => {
  const groups = new Map();
  for (const row of rows) {
    if (row[key] == null) continue;
    if (!groups.has(row[key])) groups.set(row[key], []);
    groups.get(row[key]).push(row);
  }
  return groups;
};
const projects = byId(data.projects);
const images = byId(data.images);
const flavors = byId(data.flavors);
const servers = byId(data.servers);
const serversOfProject = grouped(data.servers, 'projectId');
const volumesOfServer = grouped(data.volumes, 'serverId');
const NONE = [];

const schema = `
  type Project { id: ID! name: String! }
  type Image { id: ID! name: String! }
  type Flavor { id: ID! name: String! vcpus: Int! ram: Int! }
  type Address { ip: String! version: Int! }
  type Volume { id: ID! name: String! size: Int! }
  type Server {
    id: ID! name: String! status: String! host: String createdAt: String! availabilityZone: String powerState: String
    projectId: ID! imageId: ID flavorId: ID
    project: Project image: Image flavor: Flavor addresses: [Address!]! volumes: [Volume!]!
  }
  type PageInfo { hasNextPage: Boolean! endCursor: String }
  type ServerConnection { totalCount: Int! pageInfo: PageInfo! nodes: [Server!]! }
  type Query {
    server(id: ID!): Server
    servers(first: Int = 50, after: String, projectId: ID, status: String): ServerConnection!
  }
`;

// Keeps rows in the order of the file; a cursor is a place in the filtered list, which is cheap for rows that never change.
function page(_, { first, after, projectId, status }) {
  let rows = projectId ? (serversOfProject.get(projectId) ?? NONE) : data.servers;
  if (status) rows = rows.filter((row) => row.status === status);
  const start = after == null ? 0 : Number(after) + 1;
  const nodes = rows.slice(start, start + first);
  const end = start + nodes.length;
  return {
    totalCount: rows.length,
    pageInfo: { hasNextPage: end < rows.length, endCursor: nodes.length ? String(end - 1) : null },
    nodes,
  };
}

const resolvers = {
  Query: { server: (_, { id }) => servers.get(id), servers: page },
  Server: {
    project: (row) => projects.get(row.projectId),
    image: (row) => images.get(row.imageId),
    flavor: (row) => flavors.get(row.flavorId),
    volumes: (row) => volumesOfServer.get(row.id) ?? NONE,
  },
};

const app = Fastify();
app.register(mercurius, { schema, resolvers, jit: 1 });
await app.listen({ port: Number(port), host: '127.0.0.1' });
console.log('ready');
